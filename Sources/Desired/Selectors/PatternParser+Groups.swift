extension PatternParser {
    /// Reads a group. Only the one named `version` is kept as one; the others just hold things together.
    mutating func group() throws(PatternError) -> PatternNode {
        let offset = index
        index += 1
        depth += 1
        guard depth <= Self.deepest else {
            throw error("groups nest deeper than \(Self.deepest)", at: offset)
        }
        let name = try groupName(at: offset)
        let node = try choice()
        guard skip(")") else { throw error("this '(' is never closed", at: offset) }
        depth -= 1
        return name == "version" ? .version(node) : node
    }

    private mutating func groupName(at offset: Int) throws(PatternError) -> String? {
        guard peek == "?" else { return nil }
        if skip("?:") { return nil }
        if ["?=", "?!", "?<=", "?<!"].contains(where: { skip($0) }) {
            throw error("lookaround is not available: it can't be matched in linear time", at: offset)
        }
        if skip("?>") { throw error("atomic groups are not available: RE2 has none", at: offset) }
        if skip("?P=") { throw error("back-references are not available: RE2 has none", at: offset) }
        guard skip("?P<") || skip("?<") else {
            throw error(
                "flags are not available here: '(?i)' may stand at the very start, nothing else", at: offset)
        }
        let start = index
        var name = ""
        while let next = peek, next == "_" || (next.isASCII && next.properties.isAlphabetic) || isDigit(next)
        {
            name.unicodeScalars.append(next)
            index += 1
        }
        guard !name.isEmpty, skip(">") else {
            throw error("a group's name is made of letters, digits and '_', and ends with '>'", at: start)
        }
        guard names.insert(name).inserted else { throw error("a second group named '\(name)'", at: start) }
        return name
    }

    func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}

/// Reads an expression of the subset of RE2's syntax that `manifests/SELECTORS.md` documents.
struct PatternParser {
    /// How long an expression may be, how deep its groups may nest, how often a part may be repeated, and how
    /// many steps all of it may take: whoever wrote it, matching a tag stays a matter of milliseconds.
    static let longest = 1_000
    static let deepest = 100
    static let mostRepeats = 1_000
    static let mostSteps = 4_000

    let text: [Unicode.Scalar]
    var index = 0
    var depth = 0
    var foldsCase = false
    var names: Set<String> = []

    static func parse(_ text: String) throws(PatternError) -> PatternNode {
        var parser = PatternParser(text: Array(text.unicodeScalars))
        guard parser.text.count <= longest else {
            throw PatternError(
                offset: longest,
                description:
                    "an expression has at most \(longest) characters, this one has \(parser.text.count)")
        }
        parser.foldsCase = parser.skip("(?i)")
        let node = try parser.choice()
        guard parser.peek == nil else { throw parser.error("this ')' closes no group") }
        try parser.check(node, at: 0)
        return node
    }

    var peek: Unicode.Scalar? { index < text.count ? text[index] : nil }

    /// Moves behind a text, if it stands here.
    mutating func skip(_ wanted: String) -> Bool {
        let scalars = wanted.unicodeScalars
        guard text[index...].starts(with: scalars) else { return false }
        index += scalars.count
        return true
    }

    func error(_ description: String, at offset: Int? = nil) -> PatternError {
        PatternError(offset: offset ?? index, description: description)
    }

    func check(_ node: PatternNode, at offset: Int) throws(PatternError) {
        guard node.size <= Self.mostSteps else {
            throw error("the expression grows beyond \(Self.mostSteps) steps: repeat less", at: offset)
        }
    }

    mutating func choice() throws(PatternError) -> PatternNode {
        var branches = [try sequence()]
        while skip("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var parts: [PatternNode] = []
        while let next = peek, next != "|", next != ")" {
            let part = try atom()
            parts.append(try repeated(part))
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func atom() throws(PatternError) -> PatternNode {
        guard let next = peek else { return .empty }
        switch next {
        case "(": return try group()
        case "[": return try bracket()
        case "\\": return try escape()
        case "*", "+", "?": throw error("'\(next)' has nothing before it to repeat")
        case "{" where repetition() != nil: throw error("'{' has nothing before it to repeat")
        default: break
        }
        index += 1
        return switch next {
        case ".": .set(.anything)
        case "^": .start
        case "$": .end
        default: literal(next)
        }
    }

    func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        guard foldsCase, scalar.properties.isAlphabetic, scalar.isASCII else { return .scalar(scalar) }
        return .set(ScalarSet(ScalarSet.folded([ScalarSet.range(scalar, scalar)])))
    }
}

extension PatternParser {
    /// Reads `[…]`. A `]` right at its start and a `-` at either end stand for themselves.
    mutating func bracket() throws(PatternError) -> PatternNode {
        let offset = index
        index += 1
        let isNegated = skip("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while let next = peek, isFirst || next != "]" {
            isFirst = false
            ranges += try bracketItem()
        }
        guard skip("]") else { throw error("this '[' is never closed", at: offset) }
        if foldsCase { ranges = ScalarSet.folded(ranges) }
        return .set(ScalarSet(isNegated ? ScalarSet.complement(of: ranges) : ranges))
    }

    private mutating func bracketItem() throws(PatternError) -> [ClosedRange<UInt32>] {
        let offset = index
        if text[index...].starts(with: "[:".unicodeScalars) {
            throw error("classes such as [:alpha:] are not available: write 'a-zA-Z'")
        }
        if let ranges = perlClass() { return ranges }
        let first = try bracketEnd()
        guard peek == "-", index + 1 < text.count, text[index + 1] != "]" else {
            return [ScalarSet.range(first, first)]
        }
        index += 1
        if perlClass() != nil { throw error("a class such as \\d can't end a range", at: offset) }
        let last = try bracketEnd()
        guard first <= last else { throw error("'\(first)-\(last)' ends before it begins", at: offset) }
        return [ScalarSet.range(first, last)]
    }

    /// One end of a range, escaped or not.
    private mutating func bracketEnd() throws(PatternError) -> Unicode.Scalar {
        guard let next = peek else { throw error("the class is never closed") }
        if next == "\\" { return try escapedScalar() }
        index += 1
        return next
    }

    /// Reads what stands behind a `\` outside of a class.
    mutating func escape() throws(PatternError) -> PatternNode {
        if let ranges = perlClass() { return .set(ScalarSet(ranges)) }
        return .scalar(try escapedScalar())
    }

    /// Reads `\d`, `\w`, `\s` or one of their opposites.
    private mutating func perlClass() -> [ClosedRange<UInt32>]? {
        guard peek == "\\", index + 1 < text.count else { return nil }
        let ranges: [ClosedRange<UInt32>]
        switch text[index + 1] {
        case "d": ranges = ScalarSet.digits
        case "D": ranges = ScalarSet.complement(of: ScalarSet.digits)
        case "w": ranges = ScalarSet.words
        case "W": ranges = ScalarSet.complement(of: ScalarSet.words)
        case "s": ranges = ScalarSet.blanks
        case "S": ranges = ScalarSet.complement(of: ScalarSet.blanks)
        default: return nil
        }
        index += 2
        return ranges
    }

    private mutating func escapedScalar() throws(PatternError) -> Unicode.Scalar {
        guard index + 1 < text.count else { throw error("a '\\' with nothing behind it") }
        let next = text[index + 1]
        if isDigit(next) || next == "k" {
            throw error("back-references are not available: they can't be matched in linear time")
        }
        if next == "p" || next == "P" {
            throw error("classes such as \\p{L} are not available: tags are ASCII")
        }
        guard next.isASCII, !next.properties.isAlphabetic else {
            throw error(
                "'\\\(next)' is not available: only \\d \\w \\s \\D \\W \\S and escaped punctuation are")
        }
        index += 2
        return next
    }
}

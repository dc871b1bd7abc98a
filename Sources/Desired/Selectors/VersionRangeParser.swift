/// Reads a range of versions as npm, Cargo and Helm write them.
struct VersionRangeParser {
    private static let longest = 1_000
    private static let operators = [">=", "<=", "!=", ">", "<", "=", "^", "~"]

    /// A run of characters between blanks and commas, and where it stands.
    private struct Word {
        var text: Substring
        var offset: Int
    }

    static func parse(_ text: String) throws(VersionRangeError) -> [[VersionInterval]] {
        guard text.unicodeScalars.count <= longest else {
            throw VersionRangeError(offset: longest, description: "a range has at most \(longest) characters")
        }
        var alternatives: [[VersionInterval]] = []
        var words: [Word] = []
        var offset = 0
        var rest = text[...]
        while let next = rest.first {
            if rest.hasPrefix("||") {
                alternatives.append(try intervals(words, until: offset))
                words = []
                rest = rest.dropFirst(2)
                offset += 2
            } else if isBlank(next) {
                rest = rest.dropFirst()
                offset += 1
            } else {
                let word = rest.prefix { !isBlank($0) && $0 != "|" }
                guard !word.isEmpty else {
                    throw VersionRangeError(offset: offset, description: "one '|' is no operator: write '||'")
                }
                words.append(Word(text: word, offset: offset))
                rest = rest[word.endIndex...]
                offset += word.count
            }
        }
        return alternatives + [try intervals(words, until: offset)]
    }

    private static func isBlank(_ character: Character) -> Bool {
        character.isWhitespace || character == ","
    }

    private static func intervals(_ words: [Word], until end: Int) throws(VersionRangeError)
        -> [VersionInterval]
    {
        guard !words.isEmpty else {
            throw VersionRangeError(offset: end, description: "a range is missing here; '*' says any version")
        }
        var intervals: [VersionInterval] = []
        var index = 0
        while index < words.count {
            if index + 1 < words.count, words[index + 1].text == "-" {
                guard index + 2 < words.count else {
                    throw VersionRangeError(
                        offset: end, description: "the end of the range 'a - b' is missing")
                }
                let first = try partial(words[index])
                let last = try partial(words[index + 2])
                intervals.append(VersionInterval(lower: first.start, upper: last.end))
                index += 3
            } else {
                intervals.append(try comparator(words, at: &index))
            }
        }
        return intervals
    }

    /// Reads an operator, which may stand apart from its version, and the version.
    private static func comparator(
        _ words: [Word], at index: inout Int
    ) throws(VersionRangeError) -> VersionInterval {
        var word = words[index]
        index += 1
        let sign = operators.first { word.text.hasPrefix($0) }
        if let sign {
            word = Word(text: word.text.dropFirst(sign.count), offset: word.offset + sign.count)
            if word.text.isEmpty {
                guard index < words.count else {
                    throw VersionRangeError(
                        offset: word.offset, description: "'\(sign)' has no version behind it")
                }
                word = words[index]
                index += 1
            }
        }
        let version = try partial(word)
        if let sign, version.precision == 0 {
            throw VersionRangeError(
                offset: word.offset, description: "'\(word.text)' says any version: leave out '\(sign)'")
        }
        return version.interval(for: sign ?? "=")
    }

    private static func partial(_ word: Word) throws(VersionRangeError) -> PartialVersion {
        guard let version = PartialVersion(word.text) else {
            throw VersionRangeError(offset: word.offset, description: "'\(word.text)' is no version")
        }
        return version
    }
}

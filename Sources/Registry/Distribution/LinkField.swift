/// The `Link` field (RFC 8288).
enum LinkField {
    /// The target of the link whose relation is `next`; what can't be read is passed over.
    static func next(in field: String) -> String? {
        var rest = field[...]
        while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
            let target = rest[rest.index(after: open)..<close]
            // A target may hold commas and semicolons, and so may what stands in quotes.
            let halves = cut(rest[rest.index(after: close)...], at: ",", most: 1)
            if cut(halves[0], at: ";").contains(where: isNext) { return String(target) }
            rest = halves.count > 1 ? halves[1] : ""
        }
        return nil
    }

    private static func isNext(_ parameter: Substring) -> Bool {
        let halves = parameter.split(separator: "=", maxSplits: 1)
        guard halves.count == 2, halves[0].lowercased().filter({ !$0.isWhitespace }) == "rel" else {
            return false
        }
        return halves[1].split { $0 == "\"" || $0.isWhitespace }.contains { $0.lowercased() == "next" }
    }

    /// Cuts a text at a character that stands outside quotes.
    private static func cut(_ text: Substring, at separator: Character, most: Int = .max) -> [Substring] {
        var isQuoted = false
        return text.split(maxSplits: most, omittingEmptySubsequences: false) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == separator && !isQuoted
        }
    }
}

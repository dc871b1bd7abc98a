/// The `Link` field (RFC 8288).
enum LinkField {
    /// The target of the link whose relation is `next`; what can't be read is passed over.
    static func next(in field: String) -> String? {
        var rest = field[...]
        while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
            let target = rest[rest.index(after: open)..<close]
            rest = rest[rest.index(after: close)...]
            // A target may hold commas and semicolons, and so may what stands in quotes.
            let end = endOfParameters(rest)
            if isNext(rest[..<end]) { return String(target) }
            rest = rest[end...]
        }
        return nil
    }

    private static func endOfParameters(_ text: Substring) -> Substring.Index {
        var isQuoted = false
        return text.firstIndex { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "," && !isQuoted
        } ?? text.endIndex
    }

    private static func isNext(_ parameters: Substring) -> Bool {
        parameters.split(separator: ";").contains { parameter in
            let halves = parameter.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, halves[0].lowercased().filter({ !$0.isWhitespace }) == "rel" else {
                return false
            }
            let relations = halves[1].split { $0 == "\"" || $0.isWhitespace }
            return relations.contains { $0.lowercased() == "next" }
        }
    }
}

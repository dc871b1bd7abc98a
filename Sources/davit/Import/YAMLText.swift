/// Values as YAML that davit reads back as they were, whatever they are.
enum YAMLText {
    /// One value: bare where nothing can be mistaken, else between double quotes with everything escaped that is not
    /// plain ASCII. davit's own `${…}` stays text.
    static func scalar(_ text: String) -> String {
        let text = text.replacing("${", with: "$${")
        return isPlain(text) ? text : quoted(text)
    }

    /// A text that davit fills in: a variable's name stands in it.
    static func variable(_ name: String) -> String { quoted("${" + name + "}") }

    /// A list in one line.
    static func list(_ texts: [String]) -> String { "[" + texts.map(scalar).joined(separator: ", ") + "]" }

    /// What may stand in a comment: one line of plain ASCII.
    static func comment(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? $0 : "\u{FFFD}" }))
    }

    private static let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first), !words.contains(text.lowercased()) else {
            return false
        }
        return text.utf8.count <= 200
            && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || [45, 46, 47, 95].contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 0x20) }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case " "..."~": result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let (mark, width) = digits.count <= 2 ? ("x", 2) : digits.count <= 4 ? ("u", 4) : ("U", 8)
                result += "\\\(mark)" + String(repeating: "0", count: width - digits.count) + digits
            }
        }
        return result + "\""
    }
}

import FoundationEssentials

/// JSON as davit writes it: keys sorted, slashes as they are, nothing in it that could steer a terminal.
enum JSONOutput {
    /// A document over several lines.
    static func document(_ value: some Encodable) -> String { text(value, [.prettyPrinted]) }

    /// A document in one line.
    static func line(_ value: some Encodable) -> String { text(value, []) }

    private static func text(_ value: some Encodable, _ more: JSONEncoder.OutputFormatting) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = more.union([.sortedKeys, .withoutEscapingSlashes])
        do { return escaped(String(decoding: try encoder.encode(value), as: UTF8.self)) } catch {
            // Only a number that JSON can't say could end here; it is said rather than hidden.
            return "{\"error\": \"this can't be written as JSON\"}"
        }
    }

    /// The encoder escapes what JSON forbids in a text; the other controls can stand in texts alone, too.
    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.steersTerminals && $0 != "\n" }) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            guard scalar.steersTerminals, scalar != "\n" else {
                shown.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(Character(scalar)).utf16 {
                let digits = String(unit, radix: 16)
                shown += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return shown
    }
}

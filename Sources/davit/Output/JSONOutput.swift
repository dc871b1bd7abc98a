import FoundationEssentials

/// JSON as davit writes it: keys sorted, slashes as they are.
enum JSONOutput {
    /// A document over several lines.
    static func document(_ value: some Encodable) -> String { text(value, [.prettyPrinted]) }

    /// A document in one line.
    static func line(_ value: some Encodable) -> String { text(value, []) }

    private static func text(_ value: some Encodable, _ more: JSONEncoder.OutputFormatting) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = more.union([.sortedKeys, .withoutEscapingSlashes])
        do { return String(decoding: try encoder.encode(value), as: UTF8.self) } catch {
            // Only a number that JSON can't say could end here; it is said rather than hidden.
            return "{\"error\": \"this can't be written as JSON\"}"
        }
    }
}

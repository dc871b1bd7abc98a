/// A regular expression of the documented subset of RE2's syntax, matched in time linear in the text.
public struct Pattern: Sendable, Hashable {
    /// The expression, as written.
    public let text: String
    private let program: PatternProgram

    /// Reads an expression, or says what is wrong with it and where.
    public init(_ text: String) throws(PatternError) {
        let parsed = try PatternParser.parse(text)
        self.text = text
        program = PatternProgram(parsed)
    }

    /// It has a group named `version`.
    public var hasVersionGroup: Bool { program.captures }

    /// Searches a text for the leftmost match (of several, the one that earlier alternatives prefer).
    public func match(_ text: String) -> PatternMatch? {
        var machine = PatternMachine(program: program, text: text)
        return machine.run()
    }

    /// Two patterns are one where their texts are.
    public static func == (left: Pattern, right: Pattern) -> Bool { left.text == right.text }

    /// Feeds the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

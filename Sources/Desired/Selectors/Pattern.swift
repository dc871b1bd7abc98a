/// A regular expression of the documented subset of RE2's syntax, matched in time linear in the text.
public struct Pattern: Sendable, Hashable {
    /// The expression, as written.
    public let text: String

    /// Reads an expression, or says what is wrong with it and where.
    public init(_ text: String) throws(PatternError) { self.text = text }
}

/// Why a text is no pattern that davit takes.
public struct PatternError: Error, Equatable, CustomStringConvertible {
    /// The character it stands at, counted from 0.
    public var offset: Int
    /// One line for people.
    public var description: String
}

/// A pattern for whole names: `*` stands for any run of characters but `/`, `**` for any run, `?` for one character.
public struct Glob: Sendable, Hashable, CustomStringConvertible {
    /// The pattern, as written.
    public let description: String

    /// Reads a pattern.
    public init(_ text: String) { description = text }
}

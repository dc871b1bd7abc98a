/// What a pattern found in a text.
public struct PatternMatch: Sendable, Hashable {
    /// The text of the group named `version`, where the pattern has one and it took part.
    public var version: String?
}

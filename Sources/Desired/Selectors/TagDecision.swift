/// What became of one tag.
public struct TagDecision: Sendable, Hashable {
    /// The tag, as the registry listed it.
    public var tag: String
    /// It is wanted.
    public var kept: Bool
    /// The key that decided, and why: `include '3.*'`, `semver '>=3.18': 3.17.2 is lower`, `newest 5: 9th`.
    public var reason: String

    /// Records a decision.
    public init(tag: String, kept: Bool, reason: String) {
        self.tag = tag
        self.kept = kept
        self.reason = reason
    }
}

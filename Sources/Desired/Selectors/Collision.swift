/// Two different images that are wanted under one name at the destination.
public struct Collision: Sendable, Hashable, CustomStringConvertible {
    /// The name that both want, as `host/repository:tag`.
    public var destination: String
    /// The claim that came first.
    public var first: Claim
    /// The claim that wants another image there.
    public var second: Claim
    /// The first claim's image, as `host/repository:tag`, with `@digest` where it is pinned.
    public var firstSource: String
    /// The second claim's image, written likewise.
    public var secondSource: String

    /// One line for people.
    public var description: String {
        "\(destination) is wanted by rule '\(first.rule)' from \(firstSource)"
            + " and by rule '\(second.rule)' from \(secondSource)"
    }
}

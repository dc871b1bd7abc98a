/// How much a text may ask of the reader, so that no text can hang it or eat its memory.
public struct YAMLLimits: Sendable {
    /// The largest text, in bytes.
    public var bytes = 4 << 20
    /// Collections inside collections, aliases followed.
    public var depth = 64
    /// Nodes that a text may write.
    public var nodes = 500_000
    /// Nodes that its aliases and merge keys may add to them.
    public var expandedNodes = 100_000

    /// The defaults.
    public init() {}
}

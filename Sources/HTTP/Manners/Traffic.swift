import Synchronization

/// How many bytes of blobs have moved so far, of all transfers together: for whoever watches while they run.
public final class Traffic: Sendable {
    private let count = Atomic<Int64>(0)

    /// Nothing has moved.
    public init() {}

    /// The bytes that went into a registry or a file so far, those of transfers that broke among them.
    public var bytes: Int64 { count.load(ordering: .relaxed) }

    /// Some more went there.
    public func add(_ bytes: Int) { count.wrappingAdd(Int64(bytes), ordering: .relaxed) }
}

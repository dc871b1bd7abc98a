import Synchronization

/// Counts, from wherever.
final class Tally: Sendable {
    private let state = Mutex(0)
    var count: Int { state.withLock(\.self) }
    func add() { state.withLock { $0 += 1 } }
}

import Dispatch
import HTTP

/// Where files are read, written and waited for: threads of its own, so that a slow disk holds up no task but those
/// that wait for it.
struct Disk: Sendable {
    private let queue = DispatchQueue(label: "layout", attributes: .concurrent)
    private let slots: Slots

    /// - Parameter limit: how much is done at once.
    init(limit: Int) { slots = Slots(limit: limit) }

    /// Does something on such a thread; throws `CancellationError` where the task was cancelled before.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws(DiskError) -> Value) async throws -> Value
    {
        try await slots.holding {
            try Task.checkCancellation()
            return try await withCheckedContinuation { continuation in
                queue.async { continuation.resume(returning: Result { () throws(DiskError) in try work() }) }
            }.get()
        }
    }
}

import Dispatch
import Foundation

/// Runs blocking work on a thread of its own, so that no thread of the task pool is held.
public func offPool<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Swift.Result { try work() })
        }
    }
}

/// Asks again and again, every 5 ms, until the answer is yes or the time is up.
public func eventually(within seconds: Double = 5, _ holds: () throws -> Bool) rethrows -> Bool {
    let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
    while DispatchTime.now().uptimeNanoseconds < end {
        if try holds() { return true }
        usleep(5_000)
    }
    return try holds()
}

/// Calls a closure for every index from 0, on a few threads at once; the first error ends it.
func inParallel(
    _ count: Int, threads: Int, _ work: @escaping @Sendable (Int) throws -> Void
) throws {
    let state = Guarded<(next: Int, failure: (any Error)?)>((0, nil))
    let group = DispatchGroup()
    for _ in 0..<max(1, min(threads, count)) {
        group.enter()
        Thread.detachNewThread {
            defer { group.leave() }
            while let index = state.with({ work -> Int? in
                guard work.failure == nil, work.next < count else { return nil }
                work.next += 1
                return work.next - 1
            }) {
                do { try work(index) } catch { state.with { $0.failure = $0.failure ?? error } }
            }
        }
    }
    group.wait()
    if let failure = state.with({ $0.failure }) { throw failure }
}

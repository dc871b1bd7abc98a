import Foundation

/// A clock that moves only when somebody sleeps on it: then it jumps to the next moment that somebody waits for.
///
/// Hours pass in moments, and what was measured on it does not depend on how busy the machine is.
public final class VirtualTime: Sendable {
    private struct State {
        var passed = Duration.zero
        var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var lastID = 0
    }

    private let start = ContinuousClock.now
    private let state = Guarded(State())

    /// The clock at zero.
    public init() {}

    /// The moment that it shows.
    public var now: ContinuousClock.Instant { start + passed }

    /// How much time has passed on it.
    public var passed: Duration { state.with { $0.passed } }

    /// Waits until the clock shows a moment so much later.
    public func sleep(_ duration: Duration) async throws {
        let id = state.with { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.with { state in
                    guard !Task.isCancelled else { return true }
                    state.sleepers[id] = (state.passed + duration, continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.with { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Runs something while the clock is moved on whenever all has come to rest, and returns what it gave.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws
        -> Value
    {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !Task.isCancelled {
                    // A moment of real time lets everybody come to their next wait.
                    try? await Task.sleep(for: .milliseconds(2))
                    self.jump()
                }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() { if let value { return value } }
            throw LabError("nothing was run")
        }
    }

    /// Goes on to the next moment that somebody waits for.
    private func jump() {
        let due = state.with { state -> [CheckedContinuation<Void, any Error>] in
            guard let next = state.sleepers.values.map(\.until).min() else { return [] }
            state.passed = max(state.passed, next)
            let ids = state.sleepers.filter { $0.value.until <= state.passed }.keys
            return ids.compactMap { state.sleepers.removeValue(forKey: $0)?.continuation }
        }
        for continuation in due { continuation.resume() }
    }
}

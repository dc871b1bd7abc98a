import HTTP

/// A wish that a pass should end soon.
public actor StopSignal {
    /// True once it was asked for.
    public private(set) var isRequested = false
    private var waiting: [AsyncStream<Void>.Continuation] = []

    /// Nobody has asked.
    public init() {}

    /// Asks for the end.
    public func request() {
        isRequested = true
        for waiter in waiting { waiter.finish() }
        waiting.removeAll()
    }

    /// Waits for the wish, or for the end of the task.
    func wait() async {
        guard !isRequested else { return }
        let (stream, waiter) = AsyncStream<Void>.makeStream()
        waiting.append(waiter)
        for await _ in stream {}
    }
}

extension StopSignal {
    /// Waits so long, or until a wish to stop comes.
    nonisolated func pause(
        _ duration: Duration, _ sleep: @escaping @Sendable (Duration) async throws -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            let over = Slots(limit: 1)
            try? await over.take()
            group.addTask {
                try? await sleep(duration)
                await over.give()
            }
            group.addTask {
                await self.wait()
                await over.give()
            }
            try? await over.take()
            group.cancelAll()
        }
    }
}

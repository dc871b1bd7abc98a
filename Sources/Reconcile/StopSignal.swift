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

import Dispatch
import Glibc
import Logging
import Reconcile

/// SIGTERM and SIGINT: the first asks for a quiet end, a second one or 25 seconds end it at once.
enum Signals {
    private static let drain = Duration.seconds(25)

    /// Runs something that ends early when asked to; whoever asks is told that it was heard.
    static func draining<Value: Sendable>(
        _ logger: Logger, _ body: @escaping @Sendable (StopSignal) async -> Value
    ) async -> Value {
        let (signals, sink) = AsyncStream<Void>.makeStream()
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { sink.yield() }
            source.resume()
            return source
        }
        defer { sources.forEach { $0.cancel() } }
        let stop = StopSignal()
        let work = Task { await body(stop) }
        let watching = Task {
            var count = 0
            for await _ in signals {
                count += 1
                guard count == 1 else { return work.cancel() }
                await stop.request()
                logger.warning(
                    "stopping: images in flight may end, for \(drain.components.seconds) s at most; a second signal ends them"
                )
                Task {
                    try await Task.sleep(for: drain)
                    work.cancel()
                }
            }
        }
        let value = await work.value
        watching.cancel()
        return value
    }
}

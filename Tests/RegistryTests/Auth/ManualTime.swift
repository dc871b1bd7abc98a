import Registry
import Synchronization

/// A clock that stands still until it is moved; whoever sleeps moves it.
final class ManualTime: Sendable {
    private let start = ContinuousClock.now
    private let milliseconds = Atomic<Int64>(0)

    var passed: Duration { .milliseconds(milliseconds.load(ordering: .sequentiallyConsistent)) }

    func advance(by duration: Duration) {
        let amount =
            duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
        milliseconds.add(amount, ordering: .sequentiallyConsistent)
    }

    var keeper: Timekeeper {
        Timekeeper(
            now: { self.start + self.passed },
            sleep: { duration in
                try Task.checkCancellation()
                self.advance(by: duration)
            },
            chance: { 0.5 })
    }
}

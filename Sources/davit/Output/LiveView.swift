import HTTP
import Reconcile
import Synchronization

/// Draws how far a pass is at the foot of a terminal, ten times a second at most, while the pass runs.
final class LiveView: Sendable {
    private let screen: LiveScreen
    private let traffic: Traffic
    private let isShown: Bool
    private let tally = Mutex(PassTally())

    init(_ console: Console, _ traffic: Traffic) {
        screen = console.screen
        isShown = console.showsLive
        self.traffic = traffic
    }

    /// Takes in what happens.
    func tell(_ event: PassEvent) {
        if isShown { tally.withLock { $0.take(event) } }
    }

    /// Runs something and draws meanwhile; when it has ended nothing of that is left.
    func during<Value: Sendable>(_ body: @Sendable () async -> Value) async -> Value {
        guard isShown else { return await body() }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.draw() }
            let value = await body()
            group.cancelAll()
            await group.waitForAll()
            screen.clear()
            return value
        }
    }

    private func draw() async {
        let began = ContinuousClock.now
        var pace = Pace()
        while (try? await Task.sleep(for: .milliseconds(100))) != nil {
            let (elapsed, moved) = ((ContinuousClock.now - began).inSeconds, traffic.bytes)
            pace.add(moved, at: elapsed)
            let text = LiveText(
                tally: tally.withLock { $0 }, moved: moved, rate: pace.rate, elapsed: elapsed,
                width: LiveScreen.width)
            screen.show(text.lines)
        }
    }
}

/// How fast bytes have moved in the last seconds.
struct Pace: Sendable {
    private var samples: [(time: Double, bytes: Int64)] = [(0, 0)]

    /// Bytes a second.
    var rate: Double {
        guard let first = samples.first, let last = samples.last, last.time > first.time else { return 0 }
        return Double(last.bytes - first.bytes) / (last.time - first.time)
    }

    /// So many have moved by now.
    mutating func add(_ bytes: Int64, at time: Double) {
        samples.append((time, bytes))
        while samples.count > 2, let first = samples.first, time - first.time > 5 { samples.removeFirst() }
    }
}

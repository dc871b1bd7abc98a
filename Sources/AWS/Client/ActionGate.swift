import HTTP
import Registry

/// The one door to an action of a service: how many of its calls are under way, how fast, and how often repeated.
actor ActionGate {
    /// More at once only wait for each other at the other end.
    private static let atOnce = 16

    private let slots = Slots(limit: ActionGate.atOnce)
    private let time: Timekeeper
    private var pace = ActionPace()
    private var budget = RetryBudget()

    init(time: Timekeeper) { self.time = time }

    /// What a call ended in, as far as its pace goes.
    enum Ending: Sendable {
        case went
        case throttled
        case other
    }

    /// Waits for leave to send; the number is given back with how it ended.
    func enter() async throws(CancellationError) -> UInt64 {
        try await slots.take()
        budget.count()
        let (number, wait) = pace.start(at: time.now())
        guard wait > .zero else { return number }
        do { try await time.sleep(wait) } catch {
            await slots.give()
            throw CancellationError()
        }
        return number
    }

    /// Gives the leave back.
    func leave(_ number: UInt64, _ ending: Ending) async {
        switch ending {
        case .went: pace.went()
        case .throttled: pace.throttled(number, at: time.now())
        case .other: break
        }
        await slots.give()
    }

    /// Whether a call may be repeated.
    func allowsRetry() -> Bool { budget.spend() }
}

/// The doors of all actions, by whom they are asked of.
actor ActionGates {
    struct Key: Hashable, Sendable {
        var origin: Origin
        var region: String
        var action: String
    }

    private let time: Timekeeper
    private var gates: [Key: ActionGate] = [:]

    init(time: Timekeeper) { self.time = time }

    func gate(_ key: Key) -> ActionGate {
        if let gate = gates[key] { return gate }
        let gate = ActionGate(time: time)
        gates[key] = gate
        return gate
    }
}

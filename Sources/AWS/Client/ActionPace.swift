/// How many calls of one action may go out a second: not bounded until AWS says that it were too many.
///
/// Additive increase, multiplicative decrease, as for registries, but of a rate: AWS counts calls a second by action,
/// account and region, and few calls at once are still too many where each takes a hundredth of a second. Pure: it is
/// told the time.
struct ActionPace: Hashable, Sendable {
    typealias Instant = ContinuousClock.Instant

    private static let least = 0.5
    /// A rate beyond this is no bound.
    private static let most = 1000.0
    private static let window = Duration.seconds(1)

    /// Calls a second; `nil`: as many as come.
    private(set) var rate: Double?
    private var next: Instant?
    private var starts: [Instant] = []
    private var lastNumber: UInt64 = 0
    private var lastDecrease: UInt64 = 0

    /// Takes the next free moment: the call's number, and how long it is until then.
    mutating func start(at now: Instant) -> (number: UInt64, wait: Duration) {
        lastNumber += 1
        let moment = max(next ?? now, now)
        if let rate { next = moment + .seconds(1) / rate }
        starts.removeAll { $0 < moment - Self.window }
        // More than these tell nothing that changes anything.
        if starts.count < Int(Self.most) { starts.append(moment) }
        return (lastNumber, moment - now)
    }

    /// A call was answered as it should be.
    mutating func went() {
        guard let rate else { return }
        let raised = rate + max(1, rate / 10) / rate
        self.rate = raised < Self.most ? raised : nil
        if self.rate == nil { next = nil }
    }

    /// A call was one too many. Those that went out before the last decrease tell nothing new.
    mutating func throttled(_ number: UInt64, at now: Instant) {
        guard number > lastDecrease else { return }
        lastDecrease = lastNumber
        let measured = Double(starts.filter { $0 >= now - Self.window && $0 <= now }.count)
        let lowered = max(Self.least, min(rate ?? measured, max(1, measured)) / 2)
        rate = lowered
        next = max(next ?? now, now) + .seconds(1) / lowered
    }
}

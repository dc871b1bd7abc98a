/// So many requests a second, evenly: each gets the moment at which it may go out.
public struct RateLimit: Sendable, Hashable {
    private let interval: Duration
    private var next: ContinuousClock.Instant?
    /// Time that was lost by sleeping too long is made up for, up to this.
    private static let slack = Duration.milliseconds(100)

    /// - Parameter perSecond: above 0.
    public init(perSecond: Int) { interval = .seconds(1) / max(1, perSecond) }

    /// Takes the next free moment; how long it is until then.
    public mutating func wait(at now: ContinuousClock.Instant) -> Duration {
        let moment = max(next ?? now, now - Self.slack)
        next = moment + interval
        return max(.zero, moment - now)
    }
}

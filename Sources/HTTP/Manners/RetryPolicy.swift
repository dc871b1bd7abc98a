/// Whether and when a failed request is sent again. A pure function: no clock and no dice of its own.
public struct RetryPolicy: Sendable, Hashable {
    /// How often a request is sent at most.
    public var tries = 4
    /// The longest wait before the second try; it doubles with each further one.
    public var base = Duration.milliseconds(300)
    /// The longest wait that backing off leads to.
    public var cap = Duration.seconds(30)
    /// The longest wait that a registry may ask for; beyond it the request fails with that reason.
    public var longestAsked = Duration.seconds(300)

    /// The manual's defaults.
    public init() {}

    /// What to do next.
    public enum Decision: Sendable, Hashable {
        /// Send it again after this time.
        case again(after: Duration)
        /// Leave it.
        case giveUp
    }

    /// Decides after a failed try.
    ///
    /// - Parameters:
    ///   - tried: how many tries have been made, from 1.
    ///   - isTransient: whether it may go well another time.
    ///   - asked: how long the answer's `Retry-After` asks to wait.
    ///   - dice: a random number in 0..<1; the wait is that part of the longest one ("full jitter").
    public func decide(tried: Int, isTransient: Bool, asked: Duration?, dice: Double) -> Decision {
        guard tried < tries, isTransient else { return .giveUp }
        if let asked {
            guard asked <= longestAsked else { return .giveUp }
            // A little more than asked, so that all who wait do not come back at once.
            return .again(after: asked + base * dice)
        }
        let doubled = base * (1 << min(tried - 1, 20))
        return .again(after: min(doubled, cap) * dice)
    }

    /// True of the statuses that may be another one next time; 501 and 505 say that they never will.
    public static func isTransient(status: Int) -> Bool {
        switch status {
        case 408, 425, 429: true
        case 501, 505: false
        default: (500..<600).contains(status)
        }
    }
}

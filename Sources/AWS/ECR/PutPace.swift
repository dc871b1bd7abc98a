import Registry

/// How fast manifests are put: from ECR's default quota of ten a second, account and region on, and slowly on from there,
/// since quotas can be raised.
///
/// Pure: it is told the time. A hundred that went well are worth one more a second; one that was too many takes back
/// what was gained and lets twice as many go by before the next step. (Amazon ECR service quotas, "Rate of PutImage requests".)
struct PutPace: Hashable, Sendable {
    private static let least = 0.5

    /// Manifests a second.
    private(set) var rate = 10.0
    private var next: ContinuousClock.Instant?
    /// How many went well since the last step, and how many the next one takes.
    private var good = 0
    private var needed = 100

    /// How long it is until the next one may go, which then is another's moment.
    mutating func wait(at now: ContinuousClock.Instant) -> Duration {
        let moment = max(next ?? now, now)
        next = moment + .seconds(1) / rate
        return moment - now
    }

    /// One was answered.
    mutating func ended(isThrottled: Bool, at now: ContinuousClock.Instant) {
        guard !isThrottled else {
            (good, needed) = (0, min(needed * 2, 3_200))
            rate = max(Self.least, rate > 10 ? rate - 1 : rate * 0.9)
            // What is gone is given time to come back.
            next = max(next ?? now, now) + .seconds(1) / rate
            return
        }
        good += 1
        guard good >= needed else { return }
        (good, rate) = (0, rate + 1)
    }
}

/// The pace that all rules of a registry share.
public actor SharedPutPace: SendingPace {
    private var pace = PutPace()
    private let time: Timekeeper

    /// A pace by a clock.
    public init(time: Timekeeper = .system) { self.time = time }

    /// Waits for the next moment that is nobody else's.
    public func turn() async throws {
        let wait = pace.wait(at: time.now())
        if wait > .zero { try await time.sleep(wait) }
    }

    /// Hears of an answer.
    public func ended(isThrottled: Bool) { pace.ended(isThrottled: isThrottled, at: time.now()) }
}

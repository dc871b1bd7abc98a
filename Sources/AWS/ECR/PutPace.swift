import Registry

/// How fast manifests are put: from ECR's default quota of ten a second, account and region on, and slowly on from there,
/// since quotas can be raised.
///
/// Pure: it is told the time. A hundred that went well are worth one more a second; one that was too many takes back
/// what was gained and lets twice as many go by before the next step. (Amazon ECR service quotas, "Rate of PutImage requests".)
struct PutPace: Hashable, Sendable {
    /// ECR's default quota.
    private static let quota = 10.0

    /// What this one begins with: a part of the quota, where others have the rest.
    private let share: Double
    /// Manifests a second.
    private(set) var rate: Double
    private var next: ContinuousClock.Instant?
    /// How many went well since the last step, and how many the next one takes.
    private var good = 0
    private var needed = 100

    /// - Parameter parts: so many processes share the quota.
    init(parts: Int = 1) {
        share = Self.quota / Double(max(1, parts))
        rate = share
    }

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
            rate = max(share / 20, rate > share ? rate - share / 10 : rate * 0.9)
            // What is gone is given time to come back.
            next = max(next ?? now, now) + .seconds(1) / rate
            return
        }
        good += 1
        guard good >= needed else { return }
        (good, rate) = (0, rate + share / 10)
    }
}

/// The pace that all rules of a registry share.
public actor SharedPutPace: SendingPace {
    private var pace: PutPace
    private let time: Timekeeper

    /// - Parameter parts: so many processes share the quota.
    public init(parts: Int = 1, time: Timekeeper = .system) {
        pace = PutPace(parts: parts)
        self.time = time
    }

    /// Waits for the next moment that is nobody else's.
    public func turn() async throws {
        let wait = pace.wait(at: time.now())
        if wait > .zero { try await time.sleep(wait) }
    }

    /// Hears of an answer.
    public func ended(isThrottled: Bool) { pace.ended(isThrottled: isThrottled, at: time.now()) }
}

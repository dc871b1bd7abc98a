/// What is left of a quota of pulls, and what is set aside of it. A pure value.
struct PullLedger: Sendable {
    private let reserve: PullReserve
    private(set) var quota: PullQuota?
    private var isKnown = false
    private var isAsked = false
    private var aside = 0

    init(reserve: PullReserve) { self.reserve = reserve }

    /// What becomes of a wish.
    enum Decision: Sendable, Hashable {
        /// The pulls are set aside.
        case granted
        /// They would touch the reserve.
        case refused(PullQuota)
        /// Nobody knows yet whether there is a quota: the first who asks finds out, the others wait for it.
        case wait
    }

    /// Sets pulls aside.
    mutating func ask(_ count: Int) -> Decision {
        guard isKnown else {
            guard !isAsked else { return .wait }
            isAsked = true
            aside += count
            return .granted
        }
        guard let quota else { return .granted }
        guard count == 0 || quota.left - aside - count >= reserve.count(of: quota.limit) else {
            return .refused(quota)
        }
        aside += count
        return .granted
    }

    /// Gives pulls back. Where nothing was learned by them, the next who asks is to find out.
    mutating func giveBack(_ count: Int) {
        aside = max(0, aside - count)
        if !isKnown { isAsked = false }
    }

    /// An answer has told of the quota, or, after a pull, that there is none. True where that is news.
    ///
    /// Answers may overtake each other: a count that grew by no more than what is under way is an older one.
    mutating func saw(_ told: PullQuota?, isPull: Bool) -> Bool {
        guard let told else {
            guard isPull, !isKnown else { return false }
            isKnown = true
            aside = 0
            return true
        }
        defer { isKnown = true }
        if let quota, quota.limit == told.limit, told.left > quota.left, told.left - quota.left <= aside + 1 {
            return false
        }
        quota = told
        return !isKnown
    }
}

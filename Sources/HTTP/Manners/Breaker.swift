/// Whether a place can be reached at all. A pure value: it is told the time.
///
/// A place is down after some requests in a row that reached nobody. Then it is asked now and then by one request
/// alone, and whatever answer that gets, the place is back.
public struct Breaker: Sendable, Hashable {
    /// A point on the clock that is never set back.
    public typealias Instant = ContinuousClock.Instant

    /// So many requests in a row that reached nobody mark a place down.
    public var failures = 5
    /// Two are enough where so much time has passed since the first of them began: each may be borne for long.
    public var silence = Duration.seconds(60)
    /// How long after a failure a place that is down is asked again.
    public var pause = Duration.seconds(30)

    private var losses = 0
    private var row = 0
    private var lastInRow: Instant?
    private var since: Instant?
    private var nextProbe: Instant?
    private var isProbing = false
    private var cause = ""

    /// A place of which nothing is known.
    public init() {}

    /// What may be done at a place.
    public enum Door: Sendable, Hashable {
        /// It can be asked.
        case open
        /// It is down, and it is time to ask it once; whoever got this answer is the one to ask.
        case probe
        /// It is down.
        case shut(Outage)
    }

    /// True while the place is down.
    public var isDown: Bool { nextProbe != nil }

    /// How it stands, where the place is down.
    public func outage(at now: Instant) -> Outage? { nextProbe.map { outage(now, $0) } }

    /// Whether a request may go out.
    ///
    /// - Parameter isLong: it may take long to end, and is not the one to find out whether the place is back.
    public mutating func ask(at now: Instant, isLong: Bool = false) -> Door {
        guard let nextProbe else { return .open }
        guard now >= nextProbe, !isProbing, !isLong else { return .shut(outage(now, nextProbe)) }
        isProbing = true
        return .probe
    }

    /// A request was answered, whatever the answer. True where the place was down until now.
    public mutating func answered() -> Bool {
        defer { self = fresh }
        return isDown
    }

    /// A request that began then reached nobody. True where that marks the place down.
    ///
    /// Requests that were under way side by side count as one: a burst that breaks or is turned away in one breath
    /// (a load balancer that begins anew) does not mean that nobody is there.
    public mutating func lost(_ cause: String, begun: Instant, wasProbe: Bool, at now: Instant) -> Bool {
        losses += 1
        if lastInRow.map({ begun >= $0 }) ?? true {
            row += 1
            lastInRow = now
        }
        let first = min(since ?? begun, begun)
        since = first
        self.cause = cause
        if wasProbe { isProbing = false }
        if isDown {
            if wasProbe { nextProbe = now + pause }
            return false
        }
        guard row >= failures || (losses >= 2 && now - first >= silence) else { return false }
        nextProbe = now + pause
        return true
    }

    /// A request ended without telling anything of the place.
    public mutating func unsure(wasProbe: Bool) {
        if wasProbe { isProbing = false }
    }

    private var fresh: Breaker {
        var fresh = Breaker()
        (fresh.failures, fresh.silence, fresh.pause) = (failures, silence, pause)
        return fresh
    }

    private func outage(_ now: Instant, _ nextProbe: Instant) -> Outage {
        Outage(
            cause: cause, elapsed: since.map { now - $0 } ?? .zero,
            nextProbe: isProbing ? pause : max(.zero, nextProbe - now))
    }
}

/// A place that can't be reached.
public struct Outage: Sendable, Hashable {
    /// What the last request met.
    public var cause: String
    /// How long nobody has answered there.
    public var elapsed: Duration
    /// When it is asked again.
    public var nextProbe: Duration

    /// How long whoever wants something of the place waits for it.
    public static let patience = Duration.seconds(120)

    /// Describes an outage.
    public init(cause: String, elapsed: Duration, nextProbe: Duration) {
        self.cause = cause
        self.elapsed = elapsed
        self.nextProbe = nextProbe
    }
}

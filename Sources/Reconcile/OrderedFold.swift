/// Brings looks, which come in any order, into the order of the plan.
///
/// A look that the others wait for steps to the end of the order when a request of its own has been under way
/// for too long while nothing else has happened: what is planned after it must not depend on when it came. Time
/// in which it waits for others, or others for the copying, does not count. All times are those of the events,
/// whenever they are told here.
struct OrderedFold<Value> {
    private let patience: Duration
    private var next = 0
    private var waiting: [Int: Value] = [:]
    private var began: [Int: ContinuousClock.Instant] = [:]
    private var late: Set<Int> = []
    private var lateValues: [(Int, Value)] = []
    /// When something last happened: a registry that answers others may have this one's request in its queue.
    private var quietSince: ContinuousClock.Instant?

    init(patience: Duration) { self.patience = patience }

    /// The first index that has not been let through.
    var position: Int { next }

    /// An image's own requests begin.
    mutating func begun(_ index: Int, at time: ContinuousClock.Instant) {
        began[index] = time
        stir(time)
    }

    /// An image waits for others.
    mutating func paused(_ index: Int, at time: ContinuousClock.Instant) {
        began[index] = nil
        stir(time)
    }

    /// Time until now was spent on what is none of the looks' business.
    mutating func resumed(at time: ContinuousClock.Instant) { stir(time) }

    /// True of a look that has stepped to the end.
    func isLate(_ index: Int) -> Bool { late.contains(index) }

    /// Takes a look in; returns those that are now in turn.
    mutating func offer(_ index: Int, _ value: Value, at time: ContinuousClock.Instant) -> [Value] {
        paused(index, at: time)
        if late.contains(index) { lateValues.append((index, value)) } else { waiting[index] = value }
        return ready()
    }

    /// Time has passed; returns those that are in turn because the ones before them are late.
    mutating func tick(at time: ContinuousClock.Instant) -> [Value] {
        var values: [Value] = []
        while !waiting.isEmpty, let since = began[next], let quietSince,
            time - max(since, quietSince) > patience
        {
            late.insert(next)
            next += 1
            values += ready()
        }
        return values
    }

    /// The late ones, in order, once all have come.
    mutating func rest() -> [Value] {
        defer { lateValues.removeAll() }
        return lateValues.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private mutating func stir(_ time: ContinuousClock.Instant) {
        quietSince = quietSince.map { max($0, time) } ?? time
    }

    private mutating func ready() -> [Value] {
        var values: [Value] = []
        while let value = waiting.removeValue(forKey: next) {
            values.append(value)
            next += 1
        }
        return values
    }
}

import Plan

/// Brings looks, which come in any order, into the order of the plan.
///
/// A look that the others wait for too long steps to the end of the order: what is planned after it must not
/// depend on when it came.
struct OrderedFold<Value> {
    private let patience: Duration
    private var next = 0
    private var waiting: [Int: Value] = [:]
    private var late: Set<Int> = []
    private var lateValues: [(Int, Value)] = []
    private var blockedSince: ContinuousClock.Instant?

    init(patience: Duration) { self.patience = patience }

    /// The first index that has not been let through.
    var position: Int { next }

    /// Takes a look in; returns those that are now in turn.
    mutating func offer(_ index: Int, _ value: Value, now: ContinuousClock.Instant) -> [Value] {
        if late.contains(index) { lateValues.append((index, value)) } else { waiting[index] = value }
        return ready(now)
    }

    /// Time has passed; returns those that are in turn because the one before them is late.
    mutating func tick(now: ContinuousClock.Instant) -> [Value] {
        guard let since = blockedSince, now - since > patience else { return [] }
        late.insert(next)
        next += 1
        return ready(now)
    }

    /// The late ones, in order, once all have come.
    mutating func rest() -> [Value] {
        defer { lateValues.removeAll() }
        return lateValues.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private mutating func ready(_ now: ContinuousClock.Instant) -> [Value] {
        var values: [Value] = []
        while let value = waiting.removeValue(forKey: next) {
            values.append(value)
            next += 1
        }
        if waiting.isEmpty {
            blockedSince = nil
        } else if blockedSince == nil || !values.isEmpty {
            blockedSince = now
        }
        return values
    }
}

import Registry

/// Answers of a pass, each asked for once, however many need it at the same time.
///
/// Who comes first asks in its own task, so that nothing runs that nobody waits for; where that task is cancelled,
/// one of those who wait asks instead. Those who waited share a failure, but it is not remembered.
actor Memo<Key: Hashable & Sendable, Value: Sendable> {
    private var known: [Key: Value] = [:]
    private let bound: Bound?
    /// Answers in the order in which they came, where there is a bound; those before `oldest` were let go.
    private var row: [Key] = []
    private var oldest = 0
    /// What the answers that are kept weigh.
    private(set) var weight = 0
    private var waiting: [Key: [AsyncStream<RegistryError>.Continuation]] = [:]

    /// How much may be kept: what came first is let go first, and asked for again where it is needed.
    struct Bound: Sendable {
        var most: Int
        var weight: @Sendable (Value) -> Int
    }

    init(_ bound: Bound? = nil) { self.bound = bound }

    /// The answer, where it is known.
    func known(_ key: Key) -> Value? { known[key] }

    /// Remembers an answer that came in another way.
    func note(_ value: Value, for key: Key) {
        let before = known.updateValue(value, forKey: key)
        guard let bound else { return }
        weight += bound.weight(value) - (before.map(bound.weight) ?? 0)
        if before == nil { row.append(key) }
        // The last one is needed now.
        while weight > bound.most, oldest < row.count - 1 {
            weight -= known.removeValue(forKey: row[oldest]).map(bound.weight) ?? 0
            oldest += 1
        }
        guard oldest > 1_024, oldest * 2 > row.count else { return }
        row.removeFirst(oldest)
        oldest = 0
    }

    /// The answer, asked for where it is not known.
    func value(
        for key: Key, ask: @Sendable () async throws(RegistryError) -> Value
    ) async throws(RegistryError) -> Value {
        while waiting[key] != nil { try await wait(for: key) }
        if let known = known[key] { return known }
        waiting[key] = []
        do throws(RegistryError) {
            let value = try await ask()
            note(value, for: key)
            end(key, nil)
            return value
        } catch {
            // What a cancelled task fails with says nothing of what was asked.
            end(key, error.kind == .cancelled || Task.isCancelled ? nil : error)
            throw error
        }
    }

    /// Forgets answers that are of no use any more.
    func forget(where isOver: @Sendable (Value) -> Bool) {
        known = known.filter { !isOver($0.value) }
        guard let bound else { return }
        (row, oldest) = (row[oldest...].filter { known[$0] != nil }, 0)
        weight = known.values.reduce(0) { $0 + bound.weight($1) }
    }

    /// Waits for the one who asks; a cancelled task's iteration ends by itself.
    private func wait(for key: Key) async throws(RegistryError) {
        let (stream, turn) = AsyncStream<RegistryError>.makeStream()
        waiting[key]?.append(turn)
        for await failure in stream { throw failure }
        guard !Task.isCancelled else {
            throw RegistryError(.cancelled, at: "the registry", while: "wait for", "an answer")
        }
    }

    private func end(_ key: Key, _ failure: RegistryError?) {
        for waiter in waiting.removeValue(forKey: key) ?? [] {
            if let failure { waiter.yield(failure) }
            waiter.finish()
        }
    }
}

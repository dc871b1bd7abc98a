import Registry

/// Answers of a pass, each asked for once, however many need it at the same time.
///
/// Who comes first asks in its own task, so that nothing runs that nobody waits for; where that task is cancelled,
/// one of those who wait asks instead. Those who waited share a failure, but it is not remembered.
actor Memo<Key: Hashable & Sendable, Value: Sendable> {
    private var known: [Key: Value] = [:]
    private var waiting: [Key: [AsyncStream<RegistryError>.Continuation]] = [:]

    /// The answer, where it is known.
    func known(_ key: Key) -> Value? { known[key] }

    /// Remembers an answer that came in another way.
    func note(_ value: Value, for key: Key) { known[key] = value }

    /// The answer, asked for where it is not known.
    func value(
        for key: Key, ask: @Sendable () async throws(RegistryError) -> Value
    ) async throws(RegistryError) -> Value {
        while waiting[key] != nil { try await wait(for: key) }
        if let known = known[key] { return known }
        waiting[key] = []
        do throws(RegistryError) {
            let value = try await ask()
            known[key] = value
            end(key, nil)
            return value
        } catch {
            // What a cancelled task fails with says nothing of what was asked.
            end(key, error.kind == .cancelled || Task.isCancelled ? nil : error)
            throw error
        }
    }

    /// Forgets answers that are of no use any more.
    func forget(where isOver: @Sendable (Value) -> Bool) { known = known.filter { !isOver($0.value) } }

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

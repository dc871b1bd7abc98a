/// Lets those who want the same thing at the same time share one piece of work.
///
/// Who comes first does the work in its own task, so that nothing runs that nobody waits for; where that task
/// is cancelled, the next in the row takes the work over.
actor SingleFlight<Key: Hashable & Sendable, Value: Sendable, Failure: Abandonable> {
    private enum Turn: Sendable {
        case landed(Result<Value, Failure>)
        case lead
    }

    private struct Flight {
        var leader: UInt64
        var waiting: [(id: UInt64, turn: AsyncStream<Turn>.Continuation)] = []
    }

    private var flights: [Key: Flight] = [:]
    private var lastID: UInt64 = 0

    /// How many wait for the work of others, for tests.
    var waiting: Int { flights.values.reduce(0) { $0 + $1.waiting.count } }

    /// Does the work, or waits for the one who is at it.
    func value(
        for key: Key, _ work: @Sendable () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        lastID += 1
        let id = lastID
        if flights[key] == nil {
            flights[key] = Flight(leader: id)
        } else {
            switch await turn(of: id, for: key) {
            case .landed(let result): return try result.get()
            case .lead: break
            case nil:
                leave(key, id)
                throw Failure.abandoned
            }
        }
        let result: Result<Value, Failure>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        land(key, result)
        return try result.get()
    }

    /// Waits in the row; `nil` where the task is cancelled, which ends a stream's iteration by itself.
    private func turn(of id: UInt64, for key: Key) async -> Turn? {
        let (stream, continuation) = AsyncStream<Turn>.makeStream()
        flights[key]?.waiting.append((id, continuation))
        for await turn in stream { return turn }
        return nil
    }

    private func leave(_ key: Key, _ id: UInt64) {
        flights[key]?.waiting.removeAll { $0.id == id }
        // The lead may have come in the very moment of the cancelling: it must not be lost.
        if flights[key]?.leader == id { land(key, .failure(.abandoned)) }
    }

    private func land(_ key: Key, _ result: Result<Value, Failure>) {
        guard var flight = flights[key] else { return }
        // What a cancelled task fails with says nothing of the work, whatever it is.
        if case .failure(let error) = result, error.isAbandoned || Task.isCancelled, !flight.waiting.isEmpty {
            let next = flight.waiting.removeFirst()
            flight.leader = next.id
            flights[key] = flight
            next.turn.yield(.lead)
            next.turn.finish()
            return
        }
        flights[key] = nil
        for waiter in flight.waiting {
            waiter.turn.yield(.landed(result))
            waiter.turn.finish()
        }
    }
}

/// How many requests may be under way at a place at once; whoever waits is served in order.
public actor Slots {
    private let limit: Int
    private var taken = 0
    private var queue: [Waiter] = []
    private var nextTicket = 0

    private struct Waiter {
        var ticket: Int
        var count: Int
        var turn: AsyncStream<Void>.Continuation
    }

    /// - Parameter limit: at least 1.
    public init(limit: Int) { self.limit = max(1, limit) }

    /// How many wait, for tests.
    var waiting: Int { queue.count }

    /// Waits for a free slot, or for several at once; a wish beyond the limit is cut to it.
    public func take(_ count: Int = 1) async throws(CancellationError) {
        let count = min(count, limit)
        if queue.isEmpty, taken + count <= limit {
            taken += count
            return
        }
        let ticket = nextTicket
        nextTicket += 1
        let (stream, turn) = AsyncStream<Void>.makeStream()
        queue.append(Waiter(ticket: ticket, count: count, turn: turn))
        // A cancelled task's iteration ends by itself, without a turn.
        for await _ in stream { return }
        leave(ticket, count)
        throw CancellationError()
    }

    /// Gives slots back.
    public func give(_ count: Int = 1) {
        taken -= min(count, limit)
        serve()
    }

    private func serve() {
        while let first = queue.first, taken + first.count <= limit {
            queue.removeFirst()
            taken += first.count
            first.turn.yield()
        }
    }

    /// Takes a cancelled waiter out; its turn may have come in the very moment of the cancelling.
    private func leave(_ ticket: Int, _ count: Int) {
        if let index = queue.firstIndex(where: { $0.ticket == ticket }) {
            queue.remove(at: index)
        } else {
            taken -= count
        }
        serve()
    }
}

extension Slots {
    /// Does something while holding slots.
    nonisolated public func holding<Value: Sendable>(
        _ count: Int = 1, _ body: () async throws -> Value
    ) async throws -> Value {
        try await take(count)
        do {
            let value = try await body()
            await give(count)
            return value
        } catch {
            await give(count)
            throw error
        }
    }

    /// Does something while holding a slot; a cancelled task does without, and ends by itself.
    nonisolated public func bounding<Value: Sendable>(_ body: () async -> Value) async -> Value {
        guard (try? await take()) != nil else { return await body() }
        let value = await body()
        await give()
        return value
    }
}

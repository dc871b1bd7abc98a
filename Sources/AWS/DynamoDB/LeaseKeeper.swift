import HTTP
import Registry

/// Keeps leases for as long as something runs, and says at any time whether they are still held.
///
/// Whether they are is not only the table's word: where it can't be asked, a lease is lost when its time is over by
/// our own watch, some seconds before others may take it.
public actor LeaseKeeper {
    /// How often leases are renewed, and how long before its end one counts as lost.
    static let pulse = Duration.seconds(40)
    static let margin = Duration.seconds(15)
    /// How long a table may take to answer, so that one that hangs costs no other lease its renewal.
    static let patience = Duration.seconds(30)

    private struct Held {
        var lease: Lease
        var table: LeaseTable
        var end: ContinuousClock.Instant
        var isLost = false
        var trouble: String?
    }

    private let time: Timekeeper
    private var held: [String: Held] = [:]

    /// - Parameter time: how waits are spent.
    public init(time: Timekeeper = .system) { self.time = time }

    /// Takes a lease, under a name of ours.
    public func take(_ key: Item, for holder: String, from table: LeaseTable, as name: String)
        async throws(AWSError) -> LeaseTable.Answer
    {
        let begun = time.now()
        let answer = try await inTime(name) { () async throws(AWSError) in
            try await table.take(key, for: holder)
        }
        if case .taken(let lease) = answer {
            held[name] = Held(lease: lease, table: table, end: begun + Self.life)
        }
        return answer
    }

    /// The lease of a name, where it was taken.
    public func lease(_ name: String) -> Lease? { held[name]?.lease }

    /// Why what hangs on a lease must not be done any more; `nil` where it may, or where none was ever wanted.
    public func loss(of name: String) -> String? {
        guard let lease = held[name] else { return nil }
        if lease.isLost { return "its lease was taken by another run" }
        guard time.now() < lease.end else {
            return "its lease could not be renewed in time" + (lease.trouble.map { ": \($0)" } ?? "")
        }
        return nil
    }

    /// Runs something, renews the leases meanwhile, and frees them at the end; returns what could not be freed, too.
    public nonisolated func during<Value: Sendable>(_ body: @Sendable () async -> Value) async -> (
        Value, troubles: [String]
    ) {
        let value = await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.renewAll() }
            let value = await body()
            group.cancelAll()
            await group.waitForAll()
            return value
        }
        return (value, await freeAll())
    }

    private static var life: Duration { .seconds(LeaseTable.life) - margin }

    private func renewAll() async {
        while (try? await time.sleep(Self.pulse)) != nil, !Task.isCancelled {
            let names = held.keys.sorted()
            await withTaskGroup(of: Void.self) { group in
                for name in names { group.addTask { await self.renew(name) } }
            }
        }
    }

    /// What a table answers, where it does in time.
    private nonisolated func inTime<Value: Sendable>(
        _ name: String, _ call: @escaping @Sendable () async throws(AWSError) -> Value
    ) async throws(AWSError) -> Value {
        let answer = await withTaskGroup(of: Result<Value, AWSError>?.self) { group in
            group.addTask {
                do throws(AWSError) { return .success(try await call()) } catch { return .failure(error) }
            }
            group.addTask { [time] in
                try? await time.sleep(Self.patience)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if let answer { return try answer.get() }
        throw AWSError(
            Task.isCancelled ? .cancelled : .transport(.stalled), at: "the table of '\(name)'",
            while: "ask for the lease", detail: "no answer in \(Self.patience.components.seconds) s")
    }

    private func renew(_ name: String) async {
        guard let known = held[name], !known.isLost else { return }
        let begun = time.now()
        do throws(AWSError) {
            let isOurs = try await inTime(name) { () async throws(AWSError) in
                try await known.table.renew(known.lease)
            }
            if isOurs {
                held[name]?.end = begun + Self.life
            } else {
                held[name]?.isLost = true
            }
        } catch  where error.kind != .cancelled {
            held[name]?.trouble = error.description
        } catch {}
    }

    private func freeAll() async -> [String] {
        var troubles: [String] = []
        for (name, known) in held.sorted(by: { $0.key < $1.key }) where !known.isLost {
            do throws(AWSError) {
                try await inTime(name) { () async throws(AWSError) in
                    try await known.table.free(known.lease)
                }
            } catch {
                troubles.append("\(name): the lease could not be freed and ends by itself: \(error)")
            }
        }
        held.removeAll()
        return troubles
    }
}

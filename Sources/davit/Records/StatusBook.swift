import AWS
import Desired
import FoundationEssentials
import HTTP
import Plan
import Reconcile
import Registry
import Synchronization

/// Writes the records of a pass into tables, beside the pass: it never holds an image up.
final class StatusBook: Sendable {
    /// How many records may wait, how many are written side by side, and how long the last ones may take.
    private static let waiting = 10_000
    private static let atOnce = 8
    private static let patience = Duration.seconds(30)

    /// Where a rule's records go, and what stands in each of them.
    struct Shelf: Sendable {
        var rule: Replication
        var places: [String]
        var table: Table
        var fence: Int64
    }

    private struct Entry: Sendable {
        var shelf: Shelf
        var record: StatusRecord
    }

    private struct Sums {
        var wanted = 0
        var written = 0
        var reason: String?
        /// Nothing more is asked of a table that is not there, or that we may not write to.
        var isClosed = false
    }

    private let shelves: [String: Shelf]
    private let execution: String
    private let now: @Sendable () -> Date
    private let time: Timekeeper
    private let entries: AsyncStream<Entry>
    private let sink: AsyncStream<Entry>.Continuation
    private let begun = Mutex<[String: Date]>([:])
    private let sums = Mutex<[String: Sums]>([:])

    init(
        _ shelves: [String: Shelf], execution: String, now: @escaping @Sendable () -> Date = { Date.now },
        time: Timekeeper = .system
    ) {
        self.shelves = shelves
        self.execution = execution
        self.now = now
        self.time = time
        (entries, sink) = AsyncStream<Entry>.makeStream(bufferingPolicy: .bufferingOldest(Self.waiting))
    }

    /// Takes in what happens.
    func tell(_ event: PassEvent) {
        guard !shelves.isEmpty else { return }
        switch event {
        case .copying(let image):
            guard shelves[image.rule] != nil else { return }
            begun.withLock { $0[image.destination] = $0[image.destination] ?? now() }
        case .ended(let outcome): end(outcome)
        default: break
        }
    }

    private func end(_ outcome: ImageOutcome) {
        let ended = now()
        let start = begun.withLock { $0.removeValue(forKey: outcome.destination) } ?? ended
        guard let shelf = shelves[outcome.rule], StatusRecord.status(of: outcome) != nil,
            let place = ImagePlace(outcome.destination, at: shelf.places)
        else { return }
        let record = StatusRecord(
            place: place, outcome: outcome, times: (start.formatted(.iso8601), ended.formatted(.iso8601)),
            execution: execution, fence: shelf.fence, multiArchOption: outcome.multiArchOption(shelf.rule))
        change(shelf.table.name) { $0.wanted += 1 }
        if case .dropped = sink.yield(Entry(shelf: shelf, record: record)) {
            change(shelf.table.name) { $0.reason = $0.reason ?? "the table is too slow" }
        }
    }

    /// Runs a pass and writes meanwhile; what is not written some time after its end is given up.
    func during<Value: Sendable>(_ body: @Sendable () async -> Value) async -> Value {
        guard !shelves.isEmpty else { return await body() }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.writeAll() }
            let value = await body()
            sink.finish()
            group.addTask { [time] in try? await time.sleep(Self.patience) }
            await group.next()
            group.cancelAll()
            await group.waitForAll()
            return value
        }
    }

    /// What could not be written, a line a table.
    var troubles: [String] {
        sums.withLock { $0 }.sorted { $0.key < $1.key }.compactMap { name, sums in
            guard sums.written < sums.wanted else { return nil }
            return
                "table '\(name)': \(sums.wanted - sums.written) of \(Amount.of(sums.wanted, "record")) were not "
                + "written: \(sums.reason ?? "there was no time left")"
        }
    }

    private func writeAll() async {
        let slots = Slots(limit: Self.atOnce)
        await withDiscardingTaskGroup { group in
            for await entry in entries {
                guard (try? await slots.take()) != nil else { return }
                group.addTask {
                    await self.write(entry)
                    await slots.give()
                }
            }
        }
    }

    private func write(_ entry: Entry) async {
        let table = entry.shelf.table
        guard let item = entry.record.item, !sums.withLock({ $0[table.name]?.isClosed ?? false }) else {
            return
        }
        do throws(AWSError) {
            switch try await table.put(item, if: entry.record.condition) {
            case .done: change(table.name) { $0.written += 1 }
            case .refused: change(table.name) { $0.reason = $0.reason ?? "a later run has written them" }
            }
        } catch  where error.kind != .cancelled {
            change(table.name) { sums in
                sums.reason = sums.reason ?? error.description
                sums.isClosed = sums.isClosed || Self.stays(error)
            }
        } catch {}
    }

    /// True of what the next record fails of, too.
    private static func stays(_ error: AWSError) -> Bool {
        switch error.kind {
        case .noKeys, .keys, .keysRefused, .denied, .setting: true
        default: error.code == "ResourceNotFoundException"
        }
    }

    private func change(_ table: String, _ body: (inout Sums) -> Void) {
        sums.withLock { body(&$0[table, default: Sums()]) }
    }
}

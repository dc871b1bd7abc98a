import AWS
import Desired
import Glibc
import HTTP
import Logging
import Reconcile
import Registry

/// What is told of a pass outside of it: records and leases in tables, and notices.
struct Records {
    /// The pass, by a name that no other has.
    let execution: String
    /// Rules that must not be run in this pass, and why.
    private(set) var refusals: [String: String] = [:]
    /// Rules whose lease could not be asked for, and why.
    private(set) var faults: [String: String] = [:]
    private let keeper: LeaseKeeper
    private let book: StatusBook
    private let state: DesiredState
    private let wiring: Wiring

    /// Takes the leases of all rules that have a table.
    ///
    /// - Parameters:
    ///   - state: as the manifests say, without what lists hold: a lease is for the rules, not for what they find.
    ///   - part: the part of the work that is done, in a word.
    init(_ state: DesiredState, _ wiring: Wiring, part: String?) async {
        execution = Self.name()
        keeper = LeaseKeeper()
        self.state = state
        self.wiring = wiring
        var shelves: [String: StatusBook.Shelf] = [:]
        var tables: [(Replication, Table)] = []
        for rule in state.rules where !rule.suspend {
            guard let wanted = rule.statusTable else { continue }
            do throws(AWSError) { tables.append((rule, try Self.table(wanted, state, wiring))) } catch {
                faults[rule.name] = Self.fault(error)
            }
        }
        for (rule, table, answer) in await Self.take(tables, keeper, Self.holder(execution), state, part) {
            switch answer {
            case .success(.taken(let lease)):
                shelves[rule.name] = StatusBook.Shelf(
                    rule: rule, places: state.places(of: rule), table: table, fence: lease.fence)
            case .success(.held(let other, let until)):
                refusals[rule.name] =
                    "another run is at it (\(other)), until \(Self.date(until)) if it does not go on"
            case .failure(let error): faults[rule.name] = Self.fault(error)
            }
        }
        book = StatusBook(shelves, execution: execution)
    }

    private typealias Taken = (Replication, Table, Result<LeaseTable.Answer, AWSError>)

    /// Asks all tables at once: one that hangs must not let the time of another's lease pass.
    private static func take(
        _ tables: [(Replication, Table)], _ keeper: LeaseKeeper, _ holder: String, _ state: DesiredState,
        _ part: String?
    ) async -> [Taken] {
        await withTaskGroup(of: Taken.self) { group in
            for (rule, table) in tables {
                group.addTask {
                    do throws(AWSError) {
                        let key = Self.key(of: rule, state, part)
                        let answer = try await keeper.take(
                            key, for: holder, from: LeaseTable(table), as: rule.name)
                        return (rule, table, .success(answer))
                    } catch { return (rule, table, .failure(error)) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func fault(_ error: AWSError) -> String {
        "its lease can't be had, and without it nothing is copied: \(error)"
    }

    /// Why a rule may not write.
    func refusal(of rule: String) async -> String? {
        if let reason = refusals[rule] ?? faults[rule] { return reason }
        return await keeper.loss(of: rule)
    }

    /// The rules that may be run.
    func allowed(_ state: DesiredState) -> DesiredState {
        var state = state
        state.rules.removeAll { refusals[$0.name] != nil || faults[$0.name] != nil }
        return state
    }

    /// Takes in what happens.
    func tell(_ event: PassEvent) { book.tell(event) }

    /// Runs a pass, writes its records meanwhile, keeps the leases and frees them.
    func during(_ body: @Sendable () async -> PassReport) async -> PassReport {
        let (ended, troubles) = await keeper.during {
            var report = await book.during(body)
            report.add(refusals, faults, await losses())
            return report
        }
        var report = ended
        report.warnings += book.troubles + troubles.map { "rule \($0)" }
        return report
    }

    private func losses() async -> [String: String] {
        var losses: [String: String] = [:]
        for rule in state.rules { losses[rule.name] = await keeper.loss(of: rule.name) }
        return losses
    }

    /// Tells topics how the pass went; what could not be told is logged, and changes nothing.
    func notify(_ report: PassReport) async {
        await Notifier(execution: execution, state: state, wiring: wiring).notify(report)
    }

    private static func table(_ wanted: StatusTable, _ state: DesiredState, _ wiring: Wiring) throws(AWSError)
        -> Table
    {
        let region = try Region(written: wanted.region, at: "table '\(wanted.name)'")
        return Table(
            wanted.name, try wiring.session(wanted.via, in: state).client(.dynamoDB, in: region))
    }

    /// The lease's key: what no image can be called, by the rule and all that decides what it does.
    static func key(of rule: Replication, _ state: DesiredState, _ part: String?) -> Item {
        let alone = DesiredState(registries: state.registries, rules: [rule])
        let place = state.places(of: rule).first ?? ""
        return [
            "Image": .text("davit#lease#\(alone.fingerprint)"),
            "Tag": .text(place + (part.map { "#\($0)" } ?? "")),
        ]
    }

    private static func name() -> String {
        let stamp = date(WallClock.system.seconds()).filter { $0 != "-" && $0 != ":" }
        return "davit-\(stamp)-\(String(UInt32.random(in: .min ... .max), radix: 16))"
    }

    private static func holder(_ execution: String) -> String {
        var name = [CChar](repeating: 0, count: 256)
        let isKnown = gethostname(&name, name.count - 1) == 0
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return isKnown && !host.isEmpty ? "\(execution) on \(host)" : execution
    }
}

extension PassReport {
    /// Adds what became of rules' leases.
    mutating func add(_ refused: [String: String], _ failed: [String: String], _ lost: [String: String]) {
        func lines(_ reasons: [String: String]) -> [String] {
            reasons.sorted { $0.key < $1.key }.map { "rule \($0): \($1)" }
        }
        faults = lines(failed) + faults
        let stopped = lost.map { rule, reason in
            let left = images.count { $0.rule == rule && $0.result == .skipped }
            return (rule, "\(reason); \(Amount.of(left, "image")) of it not copied")
        }
        let all = lines(refused) + lines(Dictionary(uniqueKeysWithValues: stopped))
        if !all.isEmpty { refusals = (refusals ?? []) + all }
    }
}

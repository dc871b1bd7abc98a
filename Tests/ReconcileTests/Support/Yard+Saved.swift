import Desired
import OCI
import Plan
import Synchronization

@testable import Reconcile

extension Yard {
    /// The lines of a plan that was made for rules now.
    func save(_ rules: [Replication], chosen: [String]? = nil, deep: Bool = false) async throws -> [UInt8] {
        try await write(rules, chosen, deep: deep) { $0 }
    }

    /// The lines of a plan that somebody changed: its steps are what its looks lead to, and its digest is right.
    func forge(
        _ rules: [Replication], deep: Bool = false, _ change: (inout ObservedImage) throws -> Void
    ) async throws -> [UInt8] {
        var ledger = PlanLedger()
        return try await write(rules, nil, deep: deep) { record in
            var look = record.look
            try change(&look)
            return SavedPlan.Record(look: look, plan: Planner.plan(look, ledger: &ledger))
        }
    }

    private func write(
        _ rules: [Replication], _ chosen: [String]?, deep: Bool,
        _ change: (SavedPlan.Record) throws -> SavedPlan.Record
    ) async throws -> [UInt8] {
        let pass = pass(rules) { ($0.cost, $0.deep) = (.exact, deep) }
        var writer = SavedPlanWriter()
        var records: [SavedPlan.Record] = []
        let plan = await pass.diff { records.append($0) }.plan
        let state = Self.state(rules)
        var bytes = try writer.begin(
            SavedPlan.Header(
                davit: "0.0.0", rules: state.fingerprint, chosen: chosen, made: "2026-01-01T00:00:00Z"))
        for record in records { bytes += try writer.add(try change(record)) }
        return try bytes + writer.end(faults: plan.faults, warnings: plan.warnings)
    }

    /// The plan, read and checked against rules.
    func read(_ bytes: [UInt8], _ rules: [Replication]) throws(SavedPlanError) -> SavedPlan {
        var reader = SavedPlanReader(Self.state(rules), hosts: places.hosts) { offset, count in
            let begin = min(Int(offset), bytes.count)
            return Array(bytes[begin..<min(begin + count, bytes.count)])
        }
        return try reader.read().plan
    }

    /// Makes a plan, lets something happen, and applies the plan.
    func apply(
        _ rules: [Replication], _ how: Pass.Applying = .init(), after change: () async throws -> Void = {}
    ) async throws -> PassReport {
        let plan = try read(try await save(rules), rules)
        try await change()
        await forgetCalls()
        return await pass(rules).apply(plan, how)
    }
}

import Desired
import Foundation
import OCI

@testable import Plan

/// Plans as they are written, for a rule that wants every tag `v…` of `team/app`, and as somebody changed them.
struct Written {
    var state: DesiredState
    var header: SavedPlan.Header
    var records: [SavedPlan.Record]

    /// A plan of images that their repository lacks.
    init(_ images: [ObservedImage]) throws {
        let entry = ImageEntry(
            repositories: .named(try RepositoryName("team/app")), tags: TagSelector(include: [Glob("v*")]))
        let rule = Replication(
            name: "rule", source: "from", destination: Destination(registry: "to"), images: [entry],
            referrers: nil)
        state = DesiredState(
            registries: [
                "from": RegistryDeclaration(name: "from", host: "source.test"),
                "to": RegistryDeclaration(name: "to", host: "destination.test"),
            ], rules: [rule])
        header = SavedPlan.Header(
            davit: "0", rules: state.fingerprint, chosen: nil, made: "2026-01-01T00:00:00Z")
        var ledger = PlanLedger()
        records = images.map { SavedPlan.Record(look: $0, plan: Planner.plan($0, ledger: &ledger)) }
    }

    /// One image of one tag, read.
    static func one(_ tag: String = "v1", change: (inout ObservedImage) throws -> Void = { _ in }) throws
        -> Written
    {
        var image = Observed.fresh(
            try Observed.claim("team/app", tag),
            [ObservedManifest(try Observed.image(["config \(tag)", "layer"]))])
        try change(&image)
        return try Written([image])
    }

    /// The bytes, whole and with a right digest, whatever stands in them.
    func bytes() throws -> [UInt8] {
        var writer = SavedPlanWriter()
        var bytes = try writer.begin(header)
        for record in records { bytes += try writer.add(record) }
        return try bytes + writer.end(faults: [], warnings: [])
    }

    /// Reads bytes as a plan for the rule.
    func read(_ bytes: [UInt8], _ shard: Shard? = nil) throws(SavedPlanError) -> SavedPlan {
        var reader = SavedPlanReader(
            state, hosts: ["from": "source.test", "to": "destination.test"], shard: shard
        ) { offset, count in
            let begin = min(Int(offset), bytes.count)
            return Array(bytes[begin..<min(begin + count, bytes.count)])
        }
        return try reader.read().plan
    }

    /// Reads what was written; what kept it from being read, where something did.
    func refusal(_ shard: Shard? = nil) throws -> SavedPlanError? {
        let bytes = try bytes()
        do throws(SavedPlanError) { _ = try read(bytes, shard) } catch { return error }
        return nil
    }
}

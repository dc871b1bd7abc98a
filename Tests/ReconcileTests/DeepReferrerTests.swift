import Desired
import Lab
import OCI
import Plan
import Registry
import Testing

@testable import Reconcile

@Suite("Pass, looking deep into what hangs on images", .timeLimit(.minutes(1))) struct DeepReferrerTests {
    private let yard = Yard()
    private let app: RepositoryName
    private let image: SampleImage
    private let signature: SampleImage
    private let notes: [SampleImage]
    /// Signs one of the notes.
    private let countersign: SampleImage

    init() async throws {
        app = try RepositoryName("team/app")
        image = try SampleImage("config", layers: ["base"])
        signature = try SampleImage("signature", layers: ["payload"])
        notes = [
            try SampleImage(about: image.top, "note a"), try SampleImage(about: image.top, "note b"),
        ]
        countersign = try SampleImage("countersign", layers: ["counter payload"])
        for tag in ["v1", "v2"] { try await yard.source.hold(image, "team/app", tag) }
        try await yard.source.hold(
            signature, "team/app", AttachedTag.signature.tag(for: image.digest).description)
        try await yard.source.hold(notes, about: image.digest, "team/app")
        try await yard.source.hold(
            countersign, "team/app", AttachedTag.signature.tag(for: notes[0].digest).description)
        #expect(await yard.pass(try rules()).reconcile().count(.copied) == 2)
        await yard.forgetCalls()
    }

    private static func blob(_ text: String) -> Digest { Digest(hashing: Array(text.utf8)) }

    private func rules(_ policy: ReferrerPolicy = ReferrerPolicy(), overwrite: Overwrite = .always) throws
        -> [Replication]
    {
        [try Yard.rule(["team/app": ["v*"]], overwrite: overwrite) { $0.referrers = policy }]
    }

    private func diff(_ rules: [Replication], deep: Bool = true) async -> PassPlan {
        await yard.pass(rules) { ($0.deep, $0.cost) = (deep, .exact) }.diff().plan
    }

    private func reconcile(_ rules: [Replication]) async -> PassReport {
        await yard.pass(rules) { $0.deep = true }.reconcile()
    }

    @Test("finds nothing where nothing is lost, and asks for each blob once")
    func whole() async throws {
        let plan = await diff(try rules())
        #expect(plan.images.map(\.verdict) == [.inSync, .inSync] && plan.exitCode == 0)
        #expect(plan.lookRequests == (await yard.requests))
        let asked = await yard.destination.calls.flatMap { call -> [Digest] in
            if case .hasBlobs(let digests, _) = call { digests } else { [] }
        }
        let all = [image, signature, countersign] + notes
        #expect(Set(asked) == Set(all.flatMap(\.blobs.keys)) && asked.count == Set(asked).count)
    }

    /// What is lost, and how it is told.
    private static let losses: [(name: String, text: String)] = [
        ("payload", "1 blob"), ("bytes", "1 manifest"), ("note", "1 manifest"), ("note b", "1 blob"),
        ("counter payload", "1 blob"), ("note and payload", "1 blob and 1 manifest"),
    ]

    private func lose(_ name: String) async {
        switch name {
        case "bytes": await yard.destination.store(image.top, as: .digest(notes[0].digest), in: app)
        case "note": await yard.destination.remove(notes[0].digest, in: app)
        case "note and payload":
            await lose("note")
            await lose("payload")
        default: await yard.destination.remove(Self.blob(name), in: app)
        }
    }

    @Test("heals what is lost behind signatures and lists", arguments: losses, Overwrite.allCases)
    func heals(lost: (name: String, text: String), overwrite: Overwrite) async throws {
        let rules = try rules(overwrite: overwrite)
        await lose(lost.name)
        #expect(await diff(rules, deep: false).exitCode == 0)
        await yard.forgetCalls()
        let plan = await diff(rules)
        // Two tags for one image: what the first brings is there for the second.
        #expect(plan.images.map(\.verdict) == [.incomplete, .inSync] && plan.exitCode == 2, "\(plan.images)")
        #expect(
            plan.images[0].reason.hasPrefix("\(lost.text)"), "\(plan.images[0].reason)")
        await yard.forgetCalls()
        let report = await reconcile(rules)
        #expect(
            report.images.map(\.result) == [.repaired, .inSync] && report.exitCode == 0, "\(report.images)")
        #expect(await yard.requests == report.lookRequests + plan.total.requests)
        #expect(report.bytes == plan.total.bytes)
        // Tags that are right are not touched.
        #expect(await yard.writes.allSatisfy { if case .put(.tag, _) = $0 { false } else { true } })
        await yard.forgetCalls()
        #expect(await reconcile(rules).images.map(\.result) == [.inSync, .inSync])
        #expect(await yard.writes.isEmpty)
    }

    @Test("by a saved plan as well, which is done once", arguments: losses)
    func saved(lost: (name: String, text: String)) async throws {
        let rules = try rules()
        await lose(lost.name)
        let plan = try yard.read(try await yard.save(rules, deep: true), rules)
        let preview = await yard.pass(rules).preview(plan)
        await yard.forgetCalls()
        let report = await yard.pass(rules).apply(plan)
        #expect(report.images.map(\.result) == [.repaired, .inSync], "\(report.images)")
        #expect(await yard.requests == preview.lookRequests + preview.total.requests)
        await yard.forgetCalls()
        #expect(await yard.pass(rules).apply(plan).images.map(\.result) == [.inSync, .inSync])
        #expect(await yard.writes.isEmpty)
        #expect(await diff(rules).exitCode == 0)
    }

    @Test("beside what is lost of the image and what is missing") func both() async throws {
        let rules = try rules()
        for name in ["base", "payload"] { await lose(name) }
        try await yard.source.hold(
            SampleImage("attestation"), "team/app", AttachedTag.attestation.tag(for: image.digest).description
        )
        let plan = await diff(rules)
        #expect(plan.images[0].verdict == .incomplete)
        #expect(plan.images[0].reason.hasPrefix("2 blobs are missing: "), "\(plan.images[0].reason)")
        #expect(plan.images[0].reason.hasSuffix("; 1 attestation is missing"), "\(plan.images[0].reason)")
        #expect(await reconcile(rules).exitCode == 0)
        #expect(await diff(rules).exitCode == 0)
    }

    @Test("brings nothing that the rule does not take, and nothing that the source has otherwise")
    func otherwise() async throws {
        for name in ["payload", "note b"] { await lose(name) }
        #expect(await diff(try rules(ReferrerPolicy(types: ["application/x"]))).exitCode == 0)
        try await yard.source.hold(
            SampleImage("signed anew"), "team/app", AttachedTag.signature.tag(for: image.digest).description)
        let plan = await diff(try rules(overwrite: .never))
        #expect(plan.images[0].reason.hasPrefix("1 blob is missing: \(Self.blob("note b").short)"))
        let report = await reconcile(try rules())
        #expect(report.exitCode == 0)
        #expect(await diff(try rules()).exitCode == 0)
    }

    @Test("tells what the source has no more either, and goes on") func gone() async throws {
        for registry in [yard.source, yard.destination] { await registry.remove(notes[0].digest, in: app) }
        await lose("note b")
        let report = await reconcile(try rules())
        #expect(report.images.map(\.result) == [.repaired, .inSync] && report.exitCode == 0)
        #expect(report.warnings.contains { $0.contains("has no such manifest") }, "\(report.warnings)")
    }
}

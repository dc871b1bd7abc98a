import Desired
import OCI
import Plan
import Registry
import Testing

@testable import Reconcile

@Suite("Pass, from a saved plan") struct SavedPassTests {
    private let app = try? RepositoryName("team/app")

    /// Three tags at the source, and a rule for them.
    private func yard() async throws -> (Yard, [Replication]) {
        let yard = Yard()
        for tag in ["v1", "v2", "v3"] {
            try await yard.source.hold(SampleImage("config \(tag)", layers: ["base", tag]), "team/app", tag)
        }
        return (yard, [try Yard.rule(["team/app": ["v*"]])])
    }

    private func results(_ report: PassReport) -> [String] {
        report.images.map { "\($0.destination.split(separator: ":").last ?? ""): \($0.result.rawValue)" }
    }

    @Test("writes what was planned, and reads no manifest of the source again")
    func applies() async throws {
        let (yard, rules) = try await yard()
        let report = try await yard.apply(rules)
        #expect(report.exitCode == 0)
        #expect(results(report) == ["v1: copied", "v2: copied", "v3: copied"])
        #expect(await yard.destination.holdings == yard.source.holdings)
        #expect(await !yard.source.calls.contains { $0.kind == .manifest || $0.kind == .tags })
        // A head a side and image, and one more before each tag is put.
        #expect(report.lookRequests == 6)
        #expect(await yard.destination.calls.count { $0.kind == .resolve } == 6)
        let again = try await yard.apply(rules)
        #expect(again.exitCode == 0 && again.count(.inSync) == 3)
        #expect(await yard.requests == 0)
    }

    @Test("a plan that was applied before has nothing left to do")
    func twice() async throws {
        let (yard, rules) = try await yard()
        let plan = try yard.read(try await yard.save(rules), rules)
        #expect(await yard.pass(rules).apply(plan).count(.copied) == 3)
        await yard.forgetCalls()
        let report = await yard.pass(rules).apply(plan)
        #expect(report.exitCode == 0 && report.count(.inSync) == 3)
        #expect(await yard.writes.isEmpty)
        #expect(await yard.requests == 3)
    }

    @Test("a destination that was moved refuses the plan before anything is written, with all names")
    func movedDestination() async throws {
        let (yard, rules) = try await yard()
        let other = try SampleImage("other")
        let report = try await yard.apply(rules) {
            for tag in ["v1", "v3"] { try await yard.destination.hold(other, "team/app", tag) }
        }
        #expect(report.exitCode == 3)
        #expect(results(report) == ["v1: stale", "v2: skipped", "v3: stale"])
        #expect(await yard.writes.isEmpty)
        let reason = try #require(report.images.first?.reason)
        #expect(reason.contains("it was not there when the plan was made, and is \(other.digest.short) now"))
    }

    @Test("with --skip-stale the rest is applied, and the exit code still tells")
    func skipsStale() async throws {
        let (yard, rules) = try await yard()
        let other = try SampleImage("other")
        var how = Pass.Applying()
        how.skipsStale = true
        let report = try await yard.apply(rules, how) {
            try await yard.destination.hold(other, "team/app", "v2")
        }
        #expect(report.exitCode == 3)
        #expect(results(report) == ["v1: copied", "v2: stale", "v3: copied"])
        #expect(try await yard.destination.digest("team/app", "v2") == other.digest)
    }

    @Test("a refusal that the rule acknowledges does not make it fail")
    func acknowledged() async throws {
        let (yard, rules) = try await yard()
        var rule = rules[0]
        rule.acknowledge = ["team/app:v2"]
        var how = Pass.Applying()
        how.skipsStale = true
        let report = try await yard.apply([rule], how) {
            try await yard.destination.hold(SampleImage("other"), "team/app", "v2")
        }
        #expect(report.exitCode == 0 && report.count(.stale) == 1)
    }

    @Test("a digest that is gone at the source refuses the plan", arguments: [true, false])
    func goneAtSource(isTagGone: Bool) async throws {
        let (yard, rules) = try await yard()
        let report = try await yard.apply(rules) {
            let app = try RepositoryName("team/app")
            let digest = try #require(try await yard.source.digest("team/app", "v2"))
            await yard.source.remove(digest, in: app)
            if !isTagGone { try await yard.source.hold(SampleImage("new"), "team/app", "v2") }
        }
        #expect(report.exitCode == 3)
        #expect(results(report) == ["v1: skipped", "v2: stale", "v3: skipped"])
        #expect(await yard.writes.isEmpty)
        #expect(report.images[1].reason.hasPrefix("source: "))
    }

    @Test("a source tag that was moved is not followed: the planned digest is copied, and the move told")
    func movedSource() async throws {
        let (yard, rules) = try await yard()
        let planned = try await yard.source.digest("team/app", "v2")
        let new = try SampleImage("new", layers: ["base"])
        let report = try await yard.apply(rules) { try await yard.source.hold(new, "team/app", "v2") }
        #expect(report.exitCode == 0 && report.count(.copied) == 3)
        #expect(try await yard.destination.digest("team/app", "v2") == planned)
        #expect(report.warnings.count { $0.contains("v2 has moved to \(new.digest.short)") } == 1)
        #expect(report.warnings.count == 1)
    }

    @Test("with --strict-source it is refused")
    func strictSource() async throws {
        let (yard, rules) = try await yard()
        var how = Pass.Applying()
        how.isStrict = true
        let report = try await yard.apply(rules, how) {
            try await yard.source.hold(SampleImage("new"), "team/app", "v2")
        }
        #expect(report.exitCode == 3)
        #expect(results(report) == ["v1: skipped", "v2: stale", "v3: skipped"])
        #expect(await yard.writes.isEmpty)
    }

    @Test("a side that can't be asked keeps everything from being written")
    func unknownSide() async throws {
        let (yard, rules) = try await yard()
        let report = try await yard.apply(rules) {
            await yard.destination.before { call throws(RegistryError) in
                if case .resolve(.tag(let tag), _) = call, tag.description == "v2" {
                    throw .made(.unavailable)
                }
            }
        }
        #expect(report.exitCode == 1)
        #expect(results(report) == ["v1: skipped", "v2: failed", "v3: skipped"])
        #expect(await yard.writes.isEmpty)
    }

    @Test("a tag that moves while the plan is applied is not overwritten, and the others go on")
    func movesMeanwhile() async throws {
        let (yard, rules) = try await yard()
        let other = try SampleImage("other")
        let report = try await yard.apply(rules) {
            await yard.destination.before { call in
                // The first blob goes when all have been compared.
                guard case .putBlob = call else { return }
                try? await yard.destination.hold(other, "team/app", "v2")
            }
        }
        #expect(report.exitCode == 3)
        #expect(results(report) == ["v1: copied", "v2: stale", "v3: copied"])
        #expect(try await yard.destination.digest("team/app", "v2") == other.digest)
    }

    @Test("an image that fails is compared once more before it is tried again, and a moved tag not followed")
    func retries() async throws {
        let (yard, rules) = try await yard()
        let planned = try await yard.source.digest("team/app", "v2")
        let (failures, new) = (Tally(), try SampleImage("new"))
        let report = try await yard.apply(rules) {
            await yard.destination.before { call throws(RegistryError) in
                guard case .put(.tag(let tag), _) = call, tag.description == "v2", failures.count < 2 else {
                    return
                }
                failures.add()
                try? await yard.source.hold(new, "team/app", "v2")
                throw .made(.unavailable)
            }
        }
        #expect(report.exitCode == 0, "\(report.images)")
        #expect(report.images[1].tries == 3)
        #expect(try await yard.destination.digest("team/app", "v2") == planned)
    }

    @Test("what was in sync, blocked, missing or failed is in the report as it was in the plan")
    func whole() async throws {
        let (yard, _) = try await yard()
        let other = try SampleImage("other")
        try await yard.destination.hold(other, "team/app", "v1")
        let same = try SampleImage("config v2", layers: ["base", "v2"])
        try await yard.destination.hold(same, "team/app", "v2")
        let rules = [try Yard.rule(["team/app": ["v1", "v2", "v3", "v9"]], overwrite: .never)]
        let report = try await yard.apply(rules)
        #expect(results(report) == ["v1: blocked", "v2: in-sync", "v3: copied", "v9: missing"])
        #expect(report.exitCode == 1)
    }

    @Test("a preview says what applying would do now, and writes nothing")
    func preview() async throws {
        let (yard, rules) = try await yard()
        let plan = try yard.read(try await yard.save(rules), rules)
        let now = await yard.pass(rules).preview(plan)
        #expect(now.exitCode == 2 && now.count(.copy) == 3)
        await yard.forgetCalls()
        let report = await yard.pass(rules).apply(plan)
        #expect(await yard.requests == now.lookRequests + now.total.requests)
        #expect(report.bytes == now.total.bytes)
        #expect(await yard.pass(rules).preview(plan).exitCode == 0)
        try await yard.destination.hold(SampleImage("other"), "team/app", "v2")
        let stale = await yard.pass(rules).preview(plan)
        #expect(stale.exitCode == 3 && stale.count(.blocked) == 1)
        #expect(stale.warnings.contains { $0.contains("--skip-stale") })
    }

    @Test("a wish to stop leaves what was not begun")
    func stops() async throws {
        let (yard, rules) = try await yard()
        let plan = try yard.read(try await yard.save(rules), rules)
        let stop = StopSignal()
        await yard.destination.before { call in
            if case .putBlob = call { await stop.request() }
        }
        let rule = try Yard.rule(["team/app": ["v*"]]) { $0.concurrency = 1 }
        let report = await yard.pass([rule]).apply(plan, stop: stop)
        #expect(report.interrupted && report.exitCode == 1)
        #expect(report.count(.copied) == 1 && report.count(.cancelled) == 2)
    }

    @Test("blobs that the destination lost since are found out and brought")
    func lostBlobs() async throws {
        let (yard, rules) = try await yard()
        try await yard.destination.hold(SampleImage("config v0", layers: ["base"]), "team/app", "v0")
        let report = try await yard.apply(rules) {
            await yard.destination.remove(
                Digest(hashing: Array("base".utf8)), in: try RepositoryName("team/app"))
        }
        #expect(report.exitCode == 0 && report.count(.copied) == 3)
        for tag in ["v1", "v2", "v3"] {
            #expect(
                try await yard.destination.digest("team/app", tag) == yard.source.digest("team/app", tag))
        }
    }

    @Test("nor is anything written then that came to the source since")
    func lostBlobsAndNews() async throws {
        let (yard, _) = try await yard()
        let rules = [try Yard.rule(["team/app": ["v*"]]) { $0.referrers = ReferrerPolicy() }]
        try await yard.destination.hold(SampleImage("config v0", layers: ["base"]), "team/app", "v0")
        let image = try SampleImage("config v1", layers: ["base", "v1"])
        let planned = try SampleImage("signature")
        let tag = { (kind: AttachedTag) in kind.tag(for: image.digest).description }
        try await yard.source.hold(planned, "team/app", tag(.signature))
        let report = try await yard.apply(rules) {
            await yard.destination.remove(
                Digest(hashing: Array("base".utf8)), in: try RepositoryName("team/app"))
            try await yard.source.hold(SampleImage("attestation"), "team/app", tag(.attestation))
            try await yard.source.hold(
                [try SampleImage(about: image.top, "note")], about: image.digest, "team/app")
        }
        #expect(report.exitCode == 0 && report.count(.copied) == 3, "\(report.images)")
        let held = await yard.destination.holdings.values.flatMap { $0.keys.map(\.description) }.sorted()
        #expect(held == [tag(.signature), "v0", "v1", "v2", "v3"])
        #expect(await !yard.source.calls.contains { $0.kind == .manifest })
    }

    @Test("a repair that was done has nothing left to do", arguments: ["blob", "child", "bytes"])
    func repairs(lost: String) async throws {
        let yard = Yard()
        let (amd, arm) = (
            try SampleImage("amd", layers: ["base"]), try SampleImage("arm", layers: ["base", "arm layer"])
        )
        let whole = try SampleImage(index: [("amd64", amd), ("arm64", arm)])
        let app = try RepositoryName("team/app")
        for registry in [yard.source, yard.destination] { try await registry.hold(whole, "team/app", "v1") }
        switch lost {
        case "blob": await yard.destination.remove(Digest(hashing: Array("arm layer".utf8)), in: app)
        case "child": await yard.destination.remove(arm.digest, in: app)
        default: await yard.destination.store(amd.top, as: .digest(arm.digest), in: app)
        }
        let rules = [try Yard.rule(["team/app": ["v1"]])]
        let plan = try yard.read(try await yard.save(rules, deep: true), rules)
        #expect(await yard.pass(rules).preview(plan).images.map(\.verdict) == [.incomplete])
        #expect(await yard.pass(rules).apply(plan).images.map(\.result) == [.repaired])
        await yard.forgetCalls()
        #expect(await yard.pass(rules).preview(plan).images.map(\.verdict) == [.inSync])
        let report = await yard.pass(rules).apply(plan)
        #expect(report.images.map(\.result) == [.inSync] && report.exitCode == 0)
        #expect(await yard.writes.isEmpty)
        #expect(await yard.pass(rules) { $0.deep = true }.diff().plan.exitCode == 0)
    }
}

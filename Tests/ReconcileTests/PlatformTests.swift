import Desired
import OCI
import Plan
import Registry
import State
import Testing

@testable import Reconcile

@Suite("Pass, with chosen platforms") struct PlatformTests {
    let yard = Yard()
    let app: RepositoryName
    let tag: OCI.Tag
    let (amd, arm, s390): (SampleImage, SampleImage, SampleImage)
    let whole: SampleImage

    init() throws {
        app = try RepositoryName("team/app")
        tag = try OCI.Tag("v1")
        amd = try SampleImage("amd", layers: ["base", "amd layer"])
        arm = try SampleImage("arm", layers: ["base", "arm layer"])
        s390 = try SampleImage("s390", layers: ["s390 layer"])
        whole = try SampleImage(index: [("amd64", amd), ("arm64", arm), ("s390x", s390)])
    }

    static func choice(_ names: [String], flat: Bool = false) throws -> PlatformChoice {
        PlatformChoice(try names.map { try PlatformSelector($0) }, flattens: flat)
    }

    func rules(
        _ names: String..., flat: Bool = false, overwrite: Overwrite = .always, tags: [String] = ["v1"]
    ) throws -> [Replication] {
        [
            try Yard.rule(["team/app": tags], overwrite: overwrite) {
                $0.images[0].platforms = try Self.choice(names, flat: flat)
            }
        ]
    }

    func part(_ names: String...) throws -> PlatformCut {
        try PlatformCut(of: whole.top, to: try names.map { try PlatformSelector($0) })
    }

    @Test("copies what is chosen and no byte of the rest, and the second pass finds nothing to do")
    func copies() async throws {
        try await yard.source.hold(whole, "team/app", "v1")
        let rules = try rules("linux/amd64", "linux/arm64")
        let report = await yard.pass(rules).reconcile()
        #expect(report.images.map(\.result) == [.copied] && report.exitCode == 0)
        let digest = try part("linux/amd64", "linux/arm64").document.digest
        #expect(report.images[0].wanted == digest && report.images[0].partOf == whole.digest)
        #expect(try await yard.destination.digest("team/app", "v1") == digest)
        #expect(report.images[0].uploads == 5)
        #expect(await !yard.source.calls.contains(.manifest(.digest(s390.digest), app)))
        await yard.forgetCalls()
        let again = await yard.pass(rules).reconcile()
        #expect(again.images.map(\.result) == [.inSync] && again.images[0].partOf == whole.digest)
        #expect(await yard.writes.isEmpty)
        // Without State the index is read once, and nothing else.
        #expect(
            await yard.source.calls == [.resolve(.tag(tag), app), .manifest(.digest(whole.digest), app)])
        #expect(await yard.destination.calls == [.resolve(.tag(tag), app)])
    }

    @Test("with State, an image in sync costs one HEAD a side", arguments: [true, false])
    func memo(flat: Bool) async throws {
        let store = try Store.inMemory()
        try await yard.source.hold(whole, "team/app", "v1")
        let rules = try rules("linux/amd64", flat: flat)
        #expect(await yard.pass(rules) { $0.store = store }.reconcile().images.map(\.result) == [.copied])
        await yard.forgetCalls()
        let again = await yard.pass(rules) { $0.store = store }.reconcile()
        #expect(again.images.map(\.result) == [.inSync] && again.images[0].partOf == whole.digest)
        #expect(await yard.source.calls == [.resolve(.tag(tag), app)])
        #expect(await yard.destination.calls == [.resolve(.tag(tag), app)])
        // Another choice is another thing to know.
        let other = await yard.pass(try self.rules("linux/arm64", flat: flat)) { $0.store = store }.diff()
        #expect(other.plan.images.map(\.verdict) == [.update])
    }

    @Test("a memo that is wrong costs requests and no truth", arguments: [true, false])
    func wrongMemo(isText: Bool) async throws {
        let store = try Store.inMemory()
        try await yard.source.hold(whole, "team/app", "v1")
        let text = isText ? PlatformSubset(s390.digest).text : "gibberish"
        await store.remember(.subset, ["1 \(whole.digest) linux/amd64": text])
        let rules = try rules("linux/amd64")
        for result in [ImageOutcome.Result.copied, .inSync] {
            let report = await yard.pass(rules) { $0.store = store }.reconcile()
            #expect(report.images.map(\.result) == [result])
        }
        #expect(try await yard.destination.digest("team/app", "v1") == part("linux/amd64").document.digest)
    }

    @Test("puts the one image under the tag itself")
    func flattens() async throws {
        try await yard.source.hold(whole, "team/app", "v1")
        let rules = try rules("linux/arm64", flat: true)
        let plan = await yard.diff(rules)
        #expect(plan.images[0].wanted == arm.digest && plan.images[0].partOf == whole.digest)
        #expect(plan.images[0].steps.count { $0.action == .putManifest } == 0)
        #expect(plan.images[0].cost.pulls == 2)
        let report = await yard.pass(rules).reconcile()
        #expect(report.images.map(\.result) == [.copied])
        #expect(try await yard.destination.digest("team/app", "v1") == arm.digest)
        #expect(await yard.diff(rules).images[0].verdict == .inSync)
    }

    @Test("moves the tag when the chosen part moved, and not when the rest did", arguments: [true, false])
    func updates(isChosen: Bool) async throws {
        let rules = try rules("linux/amd64")
        try await yard.source.hold(whole, "team/app", "v1")
        _ = await yard.pass(rules).reconcile()
        let news = try SampleImage("news", layers: ["base", "new layer"])
        let moved = try SampleImage(index: [
            ("amd64", isChosen ? news : amd), ("arm64", arm), ("s390x", isChosen ? s390 : news),
        ])
        try await yard.source.hold(moved, "team/app", "v1")
        await yard.forgetCalls()
        let report = await yard.pass(rules).reconcile()
        #expect(report.images.map(\.result) == [isChosen ? .updated : .inSync])
        #expect(await yard.writes.isEmpty == !isChosen)
        #expect(report.images[0].partOf == moved.digest)
    }

    @Test("copies what there is of it, and names what there is not")
    func someMissing() async throws {
        try await yard.source.hold(whole, "team/app", "v1")
        try await yard.source.hold(whole, "team/app", "v2")
        let rules = try rules("linux/amd64", "linux/riscv64", tags: ["v1", "v2"])
        for results in [[ImageOutcome.Result.copied, .copied], [.inSync, .inSync]] {
            let report = await yard.pass(rules).reconcile()
            #expect(report.images.map(\.result) == results && report.exitCode == 0)
            #expect(
                report.warnings == [
                    "rule rule: source.test/team/app has no linux/riscv64 in 2 of its images (v1, v2);"
                        + " the other platforms are copied"
                ])
        }
        let plan = await yard.diff(rules)
        #expect(plan.images[0].missingPlatforms?.map(\.description) == ["linux/riscv64"])
        #expect(plan.images[0].reason.contains("; the source lacks linux/riscv64"))
    }

    @Test(
        "blocks what has none of it, whatever the destination has", arguments: [true, false],
        CostDepth.allCases)
    func noneThere(isHeld: Bool, depth: CostDepth) async throws {
        try await yard.source.hold(whole, "team/app", "v1")
        if isHeld { try await yard.destination.hold(amd, "team/app", "v1") }
        let plan = await yard.diff(try rules("linux/riscv64"), cost: depth)
        #expect(plan.images.map(\.verdict) == [.blocked] && plan.exitCode == 3)
        #expect(plan.images[0].reason.hasPrefix("the source is not for linux/riscv64; it is for linux/amd64"))
        let report = await yard.pass(try rules("linux/riscv64")).reconcile()
        #expect(report.images.map(\.result) == [.blocked] && report.exitCode == 3)
        #expect(await yard.writes.isEmpty)
    }

    @Test("copies an image that is no index as it is, and reads no config for it", arguments: [true, false])
    func noIndex(flat: Bool) async throws {
        try await yard.source.hold(s390, "team/app", "v1")
        let rules = try rules("linux/amd64", flat: flat)
        #expect(await yard.pass(rules).reconcile().images.map(\.result) == [.copied])
        #expect(try await yard.destination.digest("team/app", "v1") == s390.digest)
        await yard.forgetCalls()
        let again = await yard.pass(rules).reconcile()
        #expect(again.images.map(\.result) == [.inSync] && again.images[0].partOf == nil)
        // What its HEAD calls it says enough.
        #expect(await yard.source.calls == [.resolve(.tag(tag), app)])
    }

    @Test("moves no tag where the rule forbids it, and reads the index alone to know")
    func neverOverwrites() async throws {
        try await yard.source.hold(whole, "team/app", "v1")
        try await yard.destination.hold(s390, "team/app", "v1")
        let rules = try rules("linux/amd64", overwrite: .never)
        let report = await yard.pass(rules).reconcile()
        #expect(report.images.map(\.result) == [.blocked])
        #expect(report.images[0].wanted == (try part("linux/amd64").document.digest))
        #expect(
            await yard.source.calls == [.resolve(.tag(tag), app), .manifest(.digest(whole.digest), app)])
        #expect(await yard.writes.isEmpty)
    }

    @Test("a pin is of the source's digest", arguments: [true, false])
    func pins(isGone: Bool) async throws {
        try await yard.source.hold(whole, "team/app", isGone ? "other" : "v1")
        var rules = try rules("linux/amd64")
        rules[0].images[0].tags = nil
        rules[0].images[0].pins = [tag: whole.digest]
        #expect(await yard.pass(rules).reconcile().images.map(\.result) == [.copied])
        #expect(try await yard.destination.digest("team/app", "v1") == part("linux/amd64").document.digest)
        #expect(await yard.pass(rules).reconcile().images.map(\.result) == [.inSync])
    }

    @Test("tells the signatures that will not fit", arguments: [true, false])
    func orphans(isPart: Bool) async throws {
        try await yard.source.hold(whole, "team/app", "v1")
        let stem = "sha256-" + whole.digest.hex
        try await yard.source.hold(s390, "team/app", stem + ".sig")
        try await yard.source.hold(try SampleImage(index: [("amd64", arm)]), "team/app", stem)
        try await yard.source.hold(s390, "team/app", "sha256-" + amd.digest.hex + ".sig")
        let all = ["linux/amd64", "linux/arm64", "linux/s390x"]
        var rules = try rules(tags: ["v*"])
        rules[0].referrers = ReferrerPolicy()
        rules[0].images[0].platforms = try Self.choice(isPart ? ["linux/amd64"] : all)
        for verdict in [Verdict.copy, .inSync] {
            let image = try #require(await yard.diff(rules).images.first)
            #expect(image.verdict == verdict)
            #expect(image.orphans == (isPart ? [stem + ".sig", stem] : nil))
            #expect(image.reason.contains("they speak of the whole index") == isPart)
            _ = await yard.pass(rules).reconcile()
        }
        // What is about the whole, or about what was left out of it, is no reason to read the part again.
        let store = try Store.inMemory()
        for _ in 0..<2 {
            await yard.forgetCalls()
            _ = await yard.pass(rules) { $0.store = store }.reconcile()
        }
        guard isPart else { return }
        #expect(try await yard.destination.digest("team/app", "sha256-" + amd.digest.hex + ".sig") != nil)
        #expect(await yard.source.calls.allSatisfy { $0.kind == .resolve || $0.kind == .tags })
        #expect(await yard.destination.calls == [.resolve(.tag(tag), app), .tags(app)])
    }

    @Test("two choices for one tag are two images, and collide")
    func collide() async throws {
        var rules = try rules("linux/amd64")
        rules[0].images.append(rules[0].images[0])
        rules[0].images[1].platforms = try Self.choice(["linux/arm64"])
        try await yard.source.hold(whole, "team/app", "v1")
        let report = await yard.pass(rules).reconcile()
        #expect(report.collisions.count == 1 && report.exitCode == 65)
        rules[0].images[1].platforms = rules[0].images[0].platforms
        #expect(await yard.pass(rules).reconcile().images.map(\.result) == [.copied])
    }

    @Test("brings the part again where the repository turns out to lack something")
    func contentMissing() async throws {
        try await yard.source.hold(whole, "team/app", "v1")
        try await yard.destination.hold(try SampleImage("sibling", layers: ["base"]), "team/app", "v0")
        let lost = Digest(hashing: Array("base".utf8))
        await yard.destination.remove(lost, in: app)
        let report = await yard.pass(try rules("linux/amd64")).reconcile()
        #expect(report.images.map(\.result) == [.copied])
        #expect(try await yard.destination.digest("team/app", "v1") == part("linux/amd64").document.digest)
    }

    @Test("a saved plan puts a part that is one, and nothing else", arguments: [false, true])
    func savedPlan(isForged: Bool) async throws {
        try await yard.source.hold(whole, "team/app", "v1")
        try await yard.source.hold(s390, "team/app", "other")
        let rules = try rules("linux/amd64")
        var records: [SavedPlan.Record] = []
        _ = await yard.pass(rules) { $0.cost = .exact }.diff { records.append($0) }
        if isForged {
            records[0].look.subset = PlatformSubset(s390.digest)
            records[0].look.content = [ObservedManifest(s390.top)]
            var ledger = PlanLedger()
            records[0].plan = Planner.plan(records[0].look, ledger: &ledger)
        }
        var writer = SavedPlanWriter()
        var bytes = try writer.begin(
            SavedPlan.Header(
                davit: "0.0.0", rules: Yard.state(rules).fingerprint, chosen: nil,
                made: "2026-01-01T00:00:00Z"))
        for record in records { bytes += try writer.add(record) }
        let plan = try yard.read(try bytes + writer.end(faults: [], warnings: []), rules)
        let report = await yard.pass(rules).apply(plan)
        #expect(report.images.map(\.result) == [isForged ? .stale : .copied])
        #expect(await yard.writes.isEmpty == isForged)
        guard isForged else { return }
        #expect(report.images[0].reason.contains("not what linux/amd64 leaves of \(whole.digest.short)"))
    }

    @Test("tells an index that can't be cut, and whose it is")
    func strange() async throws {
        let bytes = Array(#"{"manifests":[],"mediaType":"\#(MediaType.ociIndex)","manifests":[]}"#.utf8)
        let index = try ManifestDocument(bytes: bytes, contentType: nil)
        await yard.source.store(index, as: .tag(tag), in: app)
        let report = await yard.pass(try rules("linux/amd64")).reconcile()
        #expect(report.images.map(\.result) == [.failed])
        #expect(report.images[0].reason.contains("source: cannot choose platforms of team/app@sha256:"))
    }
}

import Desired
import FoundationEssentials
import Lab
import OCI
import Plan
import Registry
import State
import Testing

@testable import Reconcile

@Suite("Pass, looking deep") struct DeepTests {
    let yard = Yard()
    let app: RepositoryName
    let (amd, arm): (SampleImage, SampleImage)
    let whole: SampleImage

    init() async throws {
        app = try RepositoryName("team/app")
        amd = try SampleImage("amd", layers: ["base", "amd layer"])
        arm = try SampleImage("arm", layers: ["base", "arm layer"])
        whole = try SampleImage(index: [("amd64", amd), ("arm64", arm)])
        for tag in ["v1", "v2"] {
            try await yard.source.hold(whole, "team/app", tag)
            try await yard.destination.hold(whole, "team/app", tag)
        }
    }

    private static func blob(_ text: String) -> Digest { Digest(hashing: Array(text.utf8)) }

    private func rules(_ tags: String..., overwrite: Overwrite = .always) throws -> [Replication] {
        [try Yard.rule(["team/app": tags], overwrite: overwrite)]
    }

    private func diff(_ rules: [Replication], cost: CostDepth = .estimate) async -> PassPlan {
        await yard.pass(rules) { ($0.deep, $0.cost) = (true, cost) }.diff().plan
    }

    private func reconcile(_ rules: [Replication]) async -> PassReport {
        await yard.pass(rules) { $0.deep = true }.reconcile()
    }

    @Test("finds nothing where nothing is lost, and asks for each blob once")
    func wholeImages() async throws {
        let plan = await diff(try rules("v1", "v2"))
        #expect(plan.images.map(\.verdict) == [.inSync, .inSync] && plan.exitCode == 0)
        let asked = await yard.destination.calls.flatMap { call -> [Digest] in
            if case .hasBlobs(let digests, _) = call { digests } else { [] }
        }
        #expect(Set(asked) == Set(whole.blobs.keys) && asked.count == whole.blobs.count)
        #expect(await yard.source.calls.allSatisfy { $0.kind == .resolve })
        #expect(plan.lookRequests == (await yard.requests))
        let report = await reconcile(try rules("v1", "v2"))
        #expect(report.images.map(\.result) == [.inSync, .inSync])
        #expect(await yard.writes.isEmpty)
    }

    @Test("heals a lost blob, a lost child, and both", arguments: [["blob"], ["child"], ["blob", "child"]])
    func heals(lost: [String]) async throws {
        let blob = Self.blob("arm layer")
        if lost.contains("blob") { await yard.destination.remove(blob, in: app) }
        if lost.contains("child") { await yard.destination.remove(amd.digest, in: app) }
        let rules = try rules("v1")
        #expect(await yard.diff(rules).images.map(\.verdict) == [.inSync])
        let plan = await diff(rules)
        #expect(plan.images.map(\.verdict) == [.incomplete] && plan.exitCode == 2)
        let blobs = lost.contains("blob") ? [blob.short] : []
        let children = lost.contains("child") ? [amd.digest.short] : []
        for name in blobs + children { #expect(plan.images[0].reason.contains(name)) }
        #expect(plan.images[0].cost.uploads == blobs.count && plan.images[0].cost.pulls == children.count)
        await yard.forgetCalls()
        let report = await reconcile(rules)
        #expect(report.images.map(\.result) == [.repaired] && report.exitCode == 0)
        #expect(report.images[0].uploads == blobs.count)
        // The tag is right and is not touched.
        #expect(await yard.writes.allSatisfy { if case .put(.tag, _) = $0 { false } else { true } })
        #expect(await yard.writes.last == .put(.digest(whole.digest), app))
        await yard.forgetCalls()
        #expect(await reconcile(rules).images.map(\.result) == [.inSync])
        #expect(await yard.writes.isEmpty)
    }

    @Test("finds a blob that was cut short in a layout, and brings it anew")
    func cutShort() async throws {
        let temporary = try TemporaryFolder()
        let places = Places(["from": yard.source, "to": LayoutFolder(root: temporary.file("root"))])
        let rules = try rules("v1")
        func pass(deep: Bool) -> Pass {
            var options = Pass.Options()
            options.patience = .seconds(3600)
            options.deep = deep
            return Pass(Yard.state(rules), places: places, options: options) { _ in }
        }
        #expect(await pass(deep: false).reconcile().images.map(\.result) == [.copied])
        let blob = Self.blob("arm layer")
        let path = temporary.file("root/team/app/blobs/sha256/\(blob.hex)")
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        try String(whole.dropLast()).write(toFile: path, atomically: false, encoding: .utf8)
        #expect(await pass(deep: false).diff().plan.images.map(\.verdict) == [.inSync])
        let plan = await pass(deep: true).diff().plan
        #expect(plan.images.map(\.verdict) == [.incomplete])
        #expect(plan.images.first?.reason.contains(blob.short) == true)
        #expect(await pass(deep: true).reconcile().images.map(\.result) == [.repaired])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == whole)
        #expect(await pass(deep: true).diff().plan.images.map(\.verdict) == [.inSync])
    }

    @Test("counts bytes that are not those of their digest as missing")
    func wrongBytes() async throws {
        await yard.destination.store(arm.top, as: .digest(amd.digest), in: app)
        let rules = try rules("v1")
        let image = try #require(await diff(rules).images.first)
        #expect(image.verdict == .incomplete)
        #expect(image.reason == "1 manifest is missing: \(amd.digest.short)")
        #expect(await reconcile(rules).images.map(\.result) == [.repaired])
        #expect(await reconcile(rules).images.map(\.result) == [.inSync])
    }

    @Test(
        "heals where nothing may be overwritten, and where tags are immutable", arguments: Overwrite.allCases)
    func guarded(overwrite: Overwrite) async throws {
        var options = MemoryRegistry.Options()
        options.immutableTags = true
        let yard = Yard(options)
        try await yard.source.hold(whole, "team/app", "v1")
        try await yard.destination.hold(whole, "team/app", "v1")
        await yard.destination.remove(Self.blob("base"), in: app)
        let report = await yard.pass(try rules("v1", overwrite: overwrite)) { $0.deep = true }.reconcile()
        #expect(report.images.map(\.result) == [.repaired])
    }

    @Test("brings a blob that two images lack once")
    func shared() async throws {
        let other = try SampleImage("other", layers: ["base"])
        try await yard.source.hold(other, "team/app", "v3")
        try await yard.destination.hold(other, "team/app", "v3")
        await yard.destination.remove(Self.blob("base"), in: app)
        let report = await reconcile(try rules("v1", "v3"))
        #expect(report.images.map(\.result) == [.repaired, .repaired])
        #expect(report.images.reduce(0) { $0 + $1.uploads } == 1)
    }

    @Test("trusts no sibling where an image differs")
    func siblings() async throws {
        let news = try SampleImage("news", layers: ["base", "new layer"])
        try await yard.source.hold(news, "team/app", "v3")
        await yard.destination.remove(Self.blob("base"), in: app)
        let report = await reconcile(try rules("v3"))
        #expect(report.images.map(\.result) == [.copied])
        #expect(report.images[0].uploads == 3)
    }

    @Test("believes no memo of what the destination holds", arguments: [false, true])
    func memory(isDeep: Bool) async throws {
        let store = try Store.inMemory()
        let memory = ReferrerMemory(store: store, now: { 0 }, recalls: !isDeep)
        await memory.note([], of: whole.digest, in: app, at: "destination.test")
        #expect(await memory.holds([], of: whole.digest, in: app, at: "destination.test") == !isDeep)
        let subsets = SubsetMemo(store, recalls: !isDeep)
        let choice = PlatformChoice([try PlatformSelector("linux/arm64")])
        await SubsetMemo(store).remember(PlatformSubset(arm.digest), of: whole.digest, by: choice)
        #expect(await (subsets.subset(of: whole.digest, by: choice) == nil) == isDeep)
    }

    @Test("an index that claims more than memory holds ends the look, and nothing else")
    func hostile() async throws {
        let entries = ["a", "b"].map {
            #"{"mediaType": "\#(MediaType.ociManifest)", "digest": "\#(Self.blob($0))", "size": \#(Int64.max)}"#
        }
        let text =
            #"{"mediaType": "\#(MediaType.ociIndex)", "manifests": [\#(entries.joined(separator: ","))]}"#
        let index = try ManifestDocument(bytes: Array(text.utf8), contentType: nil)
        for registry in [yard.source, yard.destination] {
            await registry.store(index, as: .tag(try OCI.Tag("v1")), in: app)
        }
        let plan = await diff(try rules("v1", "v2"))
        #expect(plan.images.map(\.verdict) == [.failed, .inSync])
        #expect(plan.images[0].reason.contains("destination: cannot look deep into team/app:v1"))
    }

    @Test("says what the source has no more either")
    func goneOnBothSides() async throws {
        await yard.destination.remove(amd.digest, in: app)
        await yard.source.remove(amd.digest, in: app)
        let plan = await diff(try rules("v1"))
        #expect(plan.images.map(\.verdict) == [.failed] && plan.exitCode == 1)
        #expect(plan.images[0].reason.contains("the source has it no more"))
    }

    @Test("heals a part of an index as well, and believes no memo", arguments: [false, true])
    func parts(flat: Bool) async throws {
        let store = try Store.inMemory()
        var rules = try rules("v1")
        rules[0].images[0].platforms = PlatformChoice([try PlatformSelector("linux/arm64")], flattens: flat)
        func run(deep: Bool) async -> ImageOutcome? {
            await yard.pass(rules) { ($0.deep, $0.store) = (deep, store) }.reconcile().images.first
        }
        #expect(await run(deep: false)?.result == .updated)
        let part = try #require(await run(deep: true))
        #expect(part.result == .inSync)
        for digest in [Self.blob("arm layer")] + (flat ? [] : [arm.digest]) {
            await yard.destination.remove(digest, in: app)
            #expect(await run(deep: false)?.result == .inSync)
            #expect(await run(deep: true)?.result == .repaired)
            #expect(await run(deep: true)?.result == .inSync)
        }
    }
}

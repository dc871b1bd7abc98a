import Desired
import OCI
import Plan
import Registry
import Synchronization
import Testing

@testable import Reconcile

@Suite("Pass, copying") struct CopyTests {
    let yard = Yard()
    let app: RepositoryName
    let rule: [String: [String]] = ["team/app": ["v1"]]

    init() throws { app = try RepositoryName("team/app") }

    @Test("writes blobs, then children, then the tag, by one put")
    func order() async throws {
        let image = try SampleImage(index: [
            ("amd64", SampleImage("one", layers: ["base"])),
            ("arm64", SampleImage(index: [("v8", SampleImage("two", layers: ["base", "more"]))])),
        ])
        try await yard.source.hold(image, "team/app", "v1")
        let report = await yard.pass([try Yard.rule(rule)]).reconcile()
        #expect(report.exitCode == 0)
        #expect(report.images.map(\.result) == [.copied])
        let writes = await yard.writes
        let blobs = writes.prefix(while: { if case .putBlob = $0 { true } else { false } })
        #expect(blobs.count == 4)
        let puts = image.manifests.dropLast().map { MemoryRegistry.Call.put(.digest($0.digest), app) }
        // Children that name nothing of each other are put side by side.
        #expect(Set(writes.dropFirst(4).prefix(2)) == Set(puts.prefix(2)))
        #expect(try Array(writes.dropFirst(6)) == puts.dropFirst(2) + [.put(.tag(Tag("v1")), app)])
        #expect(try await yard.destination.digest("team/app", "v1") == image.digest)
        let bytes =
            image.blobs.values.reduce(0) { $0 + $1.count } + image.manifests.reduce(0) { $0 + $1.bytes.count }
        #expect(report.bytes == Int64(bytes))
        #expect(report.images[0].uploads == 4)
    }

    @Test("does nothing the second time, and says so in requests")
    func secondPass() async throws {
        try await yard.source.hold(SampleImage("one", layers: ["base"]), "team/app", "v1")
        let pass = yard.pass([try Yard.rule(rule)])
        _ = await pass.reconcile()
        await yard.forgetCalls()
        let report = await pass.reconcile()
        #expect(report.images.map(\.result) == [.inSync])
        #expect(report.lookRequests == 2)
        #expect(report.bytes == 0)
        #expect(try await yard.source.calls == [.resolve(.tag(Tag("v1")), app)])
        #expect(try await yard.destination.calls == [.resolve(.tag(Tag("v1")), app)])
    }

    @Test("brings what the repository was thought to have, once it says that it has not")
    func contentMissing() async throws {
        let old = try SampleImage("old", layers: ["base", "middle"])
        let new = try SampleImage("new", layers: ["base", "middle", "top"])
        try await yard.destination.hold(old, "team/app", "v1")
        try await yard.source.hold(new, "team/app", "v1")
        let lost = Digest(hashing: Array("base".utf8))
        await yard.destination.remove(lost, in: app)
        let report = await yard.pass([try Yard.rule(rule)]).reconcile()
        #expect(report.images.map(\.result) == [.updated])
        #expect(report.images[0].tries == 1)
        let calls = await yard.destination.calls
        #expect(try calls.count { try $0 == .put(.tag(Tag("v1")), app) } == 2)
        #expect(calls.count { $0 == .hasBlob(lost, app) } == 1)
        #expect(calls.count { $0 == .putBlob(lost, app, mounting: nil) } == 1)
        #expect(try await yard.destination.digest("team/app", "v1") == new.digest)
    }

    @Test("repeats it once, not for ever, and tries no such image again")
    func contentStaysMissing() async throws {
        try await yard.source.hold(SampleImage("new", layers: ["base"]), "team/app", "v1")
        await yard.destination.before { call throws(RegistryError) in
            if case .put = call { throw .made(.contentMissing) }
        }
        let report = await yard.pass([try Yard.rule(rule)]).reconcile()
        #expect(report.images.map(\.result) == [.failed])
        #expect(report.images[0].cause?.kind == "content missing")
        #expect(report.images[0].cause?.side == .destination)
        #expect(await yard.writes.count { if case .put = $0 { true } else { false } } == 2)
        #expect(report.exitCode == 1)
        #expect(yard.pauses.withLock(\.count) == 0)
    }

    @Test("fails where the source lost what is to be brought again")
    func contentGone() async throws {
        let (old, new) = (try SampleImage("old", layers: ["base"]), try SampleImage("new", layers: ["base"]))
        try await yard.destination.hold(old, "team/app", "v1")
        try await yard.source.hold(new, "team/app", "v2")
        await yard.destination.remove(Digest(hashing: Array("base".utf8)), in: app)
        await yard.destination.after { [source = yard.source, app] call throws(RegistryError) in
            if case .putBlob = call { await source.remove(new.digest, in: app) }
        }
        let pinned = try Yard.rule(["team/app": ["v2"]]) {
            $0.images = [ImageEntry(repositories: .named(app), pins: [try Tag("v2"): new.digest])]
        }
        let report = await yard.pass([pinned]).reconcile()
        #expect(report.images.map(\.result) == [.failed])
        #expect(report.images[0].cause?.side == .source)
    }

    @Test("takes an immutable tag with the same digest for a success, with another for a refusal")
    func immutable() async throws {
        var options = MemoryRegistry.Options()
        options.immutableTags = true
        let yard = Yard(options)
        let image = try SampleImage("one")
        try await yard.source.hold(image, "team/app", "v1")
        // Someone else pushes the same image while it is copied.
        await yard.destination.before { [destination = yard.destination] call in
            guard case .putBlob = call else { return }
            try? await destination.hold(image, "team/app", "v1")
        }
        #expect(await yard.pass([try Yard.rule(rule)]).reconcile().images.map(\.result) == [.copied])
        await yard.destination.before(nil)
        try await yard.source.hold(SampleImage("two"), "team/app", "v1")
        var report = await yard.pass([try Yard.rule(rule)]).reconcile()
        #expect(report.images.map(\.result) == [.blocked])
        #expect(report.exitCode == 3)
        report = await yard.pass([try Yard.rule(rule) { $0.acknowledge = ["team/app:v1"] }]).reconcile()
        #expect(report.images.map(\.result) == [.blocked])
        #expect(report.exitCode == 0)
        #expect(try await yard.destination.digest("team/app", "v1") == image.digest)
    }

    @Test("puts a child that two images share once")
    func sharedChild() async throws {
        let shared = try SampleImage("shared", layers: ["base"])
        for tag in ["v1", "v2"] {
            let image = try SampleImage(index: [
                ("amd64", shared), ("arm64", SampleImage(tag, layers: ["base"])),
            ])
            try await yard.source.hold(image, "team/app", tag)
        }
        let rules = [try Yard.rule(["team/app": ["v1", "v2"]])]
        let plan = await yard.diff(rules)
        await yard.forgetCalls()
        let report = await yard.pass(rules).reconcile()
        #expect(report.exitCode == 0)
        #expect(await yard.writes.count { $0 == .put(.digest(shared.digest), app) } == 1)
        #expect(report.bytes == plan.total.bytes)
        #expect(await yard.requests == plan.lookRequests + plan.total.requests)
    }

    @Test("takes blobs over from the source's repository where both are in one registry")
    func withinOneRegistry() async throws {
        try await yard.source.hold(SampleImage("one", layers: ["base"]), "team/app", "v1")
        let rules = [
            try Yard.rule(rule) {
                $0.destination = .init(registry: "from", repository: .init(text: "copy/{repository}"))
            }
        ]
        let plan = await yard.diff(rules)
        await yard.forgetCalls()
        let report = await yard.pass(rules).reconcile()
        #expect(report.images.map(\.mounts) == [2])
        #expect(report.images.map(\.uploads) == [0])
        #expect(plan.images[0].steps.map(\.action) == [.mount, .mount, .putTag])
        #expect(plan.images[0].steps[0].from == app)
        #expect(report.bytes == plan.total.bytes)
        #expect(await yard.requests == plan.lookRequests + plan.total.requests)
    }

    @Test("lets no rule hold back another one's images", .timeLimit(.minutes(3)))
    func rulesApart() async throws {
        for name in ["a", "b"] {
            for tag in ["v1", "v2"] {
                try await yard.source.hold(SampleImage("\(name) \(tag)"), "team/\(name)", tag)
            }
        }
        let rules = try ["a", "b"].map { name in
            try Yard.rule(["team/\(name)": ["v1", "v2"]], name: name) { $0.concurrency = 1 }
        }
        let (gate, slow, last) = (Latch(), try RepositoryName("team/a"), try RepositoryName("team/b"))
        await yard.destination.before { call in
            if case .putBlob(_, slow, _) = call { await gate.pass() }
            if case .put(.tag, last) = call { gate.open() }
        }
        let report = await yard.pass(rules) { $0.window = 2 }.reconcile()
        #expect(report.count(.copied) == 4)
    }
}

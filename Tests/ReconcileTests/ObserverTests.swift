import OCI
import Plan
import Registry
import Testing

@testable import Reconcile

@Suite("Observer") struct ObserverTests {
    let yard = Yard()
    let app: RepositoryName
    let tags: [String]
    let images: [SampleImage]

    init() throws {
        app = try RepositoryName("team/app")
        tags = (1...11).map { "v\($0)" }
        images = try (1...11).map { try SampleImage("config \($0)", layers: ["base", "layer \($0)"]) }
    }

    private func head(_ tag: String) throws -> MemoryRegistry.Call { .resolve(.tag(try Tag(tag)), app) }

    @Test("asks a fresh repository by one head and one list, and its source by tag alone")
    func freshRepository() async throws {
        for (tag, image) in zip(tags, images).prefix(10) {
            try await yard.source.hold(image, "team/app", tag)
        }
        let plan = await yard.diff([try Yard.rule(["team/app": Array(tags.prefix(10))])])
        #expect(await yard.destination.calls == [try head("v1"), .tags(app)])
        let expected = try tags.prefix(10).map { MemoryRegistry.Call.manifest(.tag(try Tag($0)), app) }
        #expect(await Set(yard.source.calls) == Set(expected))
        #expect(await yard.source.calls.count == 10)
        #expect(plan.count(.copy) == 10)
        #expect(plan.lookRequests == 2)
        #expect(plan.images.allSatisfy { $0.cost.pulls == 1 && $0.reason == "destination repository is new" })
    }

    @Test("takes two heads for a tag that is in sync, and no body", arguments: CostDepth.allCases)
    func inSync(depth: CostDepth) async throws {
        for (tag, image) in zip(tags, images) {
            try await yard.source.hold(image, "team/app", tag)
            try await yard.destination.hold(image, "team/app", tag)
        }
        let plan = await yard.diff([try Yard.rule(["team/app": tags])], cost: depth)
        let expected = try Dictionary(uniqueKeysWithValues: tags.map { (try head($0), 1) })
        #expect(await yard.source.counted == expected)
        #expect(await yard.destination.counted == expected)
        #expect(plan.count(.inSync) == 11)
        #expect(plan.lookRequests == 22)
        #expect(plan.exitCode == 0)
    }

    @Test("asks for one new tag by a sibling's manifest and a head for each blob that this does not name")
    func oneNewTag() async throws {
        for (tag, image) in zip(tags, images) { try await yard.source.hold(image, "team/app", tag) }
        for (tag, image) in zip(tags, images).prefix(10) {
            try await yard.destination.hold(image, "team/app", tag)
        }
        // The sibling's head comes last: which sibling is taken must not depend on it.
        let late = try head("v10")
        await yard.destination.before { call in
            if call == late { for _ in 0..<2000 { await Task.yield() } }
        }
        let plan = await yard.diff([try Yard.rule(["team/app": tags])])
        var wanted = try Dictionary(uniqueKeysWithValues: tags.map { (try head($0), 1) })
        wanted[.manifest(.digest(images[9].digest), app)] = 1
        for text in ["config 11", "layer 11"] { wanted[.hasBlob(Digest(hashing: Array(text.utf8)), app)] = 1 }
        #expect(await yard.destination.counted == wanted)
        #expect(await yard.source.calls.count == 11)
        #expect(await yard.source.calls.contains(.manifest(.tag(try Tag("v11")), app)))
        #expect(plan.images.last?.steps.map(\.action) == [.upload, .upload, .putTag])
        #expect(plan.images.last?.cost.requests == 4 + 3 + 3 + 1)
    }

    @Test("reads no content where only heads are wanted")
    func headsAlone() async throws {
        try await yard.source.hold(images[0], "team/app", "v1")
        let plan = await yard.diff([try Yard.rule(["team/app": ["v1", "v2"]])], cost: .none)
        #expect(await Set(yard.source.calls) == [try head("v1"), try head("v2")])
        #expect(plan.images.map(\.verdict) == [.copy, .missing])
        #expect(plan.images[0].steps.isEmpty)
    }

    @Test("asks for no blob where an estimate will do")
    func estimate() async throws {
        for (tag, image) in zip(tags, images) { try await yard.source.hold(image, "team/app", tag) }
        for (tag, image) in zip(tags, images).prefix(10) {
            try await yard.destination.hold(image, "team/app", tag)
        }
        let plan = await yard.diff([try Yard.rule(["team/app": tags])], cost: .estimate)
        #expect(await !yard.destination.calls.contains { if case .hasBlob = $0 { true } else { false } })
        #expect(plan.total.uploads == 2)
    }

    @Test("asks for the children of a changed index, and reads those alone that are not there")
    func changedIndex() async throws {
        let (arm, old, new) = (images[0], images[1], images[2])
        let before = try SampleImage(index: [("arm64", arm), ("amd64", old)])
        let after = try SampleImage(index: [("arm64", arm), ("amd64", new)])
        try await yard.destination.hold(before, "team/app", "v1")
        try await yard.source.hold(after, "team/app", "v1")
        let plan = await yard.diff([try Yard.rule(["team/app": ["v1"]])])
        #expect(
            await yard.source.calls == [
                try head("v1"), .manifest(.digest(after.digest), app), .manifest(.digest(new.digest), app),
            ])
        var wanted: [MemoryRegistry.Call: Int] = [
            try head("v1"): 1, .manifest(.digest(before.digest), app): 1,
            .resolve(.digest(new.digest), app): 1, .resolve(.digest(arm.digest), app): 1,
            .manifest(.digest(old.digest), app): 1,
        ]
        for text in ["config 3", "layer 3"] { wanted[.hasBlob(Digest(hashing: Array(text.utf8)), app)] = 1 }
        #expect(await yard.destination.counted == wanted)
        #expect(plan.images[0].verdict == .update)
        #expect(plan.images[0].steps.map(\.action) == [.upload, .upload, .putManifest, .putTag])
    }

    @Test("brings a child that a sibling names, where the destination has lost it")
    func lostChild() async throws {
        let (arm, old, new) = (images[0], images[1], images[2])
        try await yard.destination.hold(
            SampleImage(index: [("arm64", arm), ("amd64", old)]), "team/app", "v1")
        await yard.destination.remove(arm.digest, in: app)
        let after = try SampleImage(index: [("arm64", arm), ("amd64", new)])
        try await yard.source.hold(after, "team/app", "v1")
        let plan = await yard.diff([try Yard.rule(["team/app": ["v1"]])])
        #expect(plan.images[0].steps.count { $0.action == .putManifest } == 2)
    }

    @Test("asks by heads alone where the list is refused")
    func listRefused() async throws {
        for (tag, image) in zip(tags, images) { try await yard.source.hold(image, "team/app", tag) }
        await yard.destination.before { call throws(RegistryError) in
            if case .tags = call { throw .made(.denied) }
        }
        let plan = await yard.diff([try Yard.rule(["team/app": Array(tags.prefix(3))])])
        #expect(plan.count(.copy) == 3)
        #expect(await yard.destination.calls.count { if case .tags = $0 { true } else { false } } == 1)
    }

    @Test("tells which side failed")
    func tellsTheSide() async throws {
        await yard.destination.before { _ throws(RegistryError) in throw .made(.denied) }
        let plan = await yard.diff([try Yard.rule(["team/app": ["v1"]])])
        #expect(plan.images[0].reason == "destination: cannot fail it at destination.test: denied")
        #expect(plan.exitCode == 1)
    }
}

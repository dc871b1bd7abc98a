import OCI
import Plan
import Registry
import Testing

@testable import Reconcile

@Suite("RepositoryView") struct RepositoryViewTests {
    private func descriptor(_ text: String) -> Descriptor {
        Descriptor(mediaType: .ociManifest, digest: Digest(hashing: Array(text.utf8)), size: 1)
    }

    @Test("wants a list once a tag is missing, while others have not been looked at")
    func wantsList() async throws {
        let view = RepositoryView(unknown: 3)
        #expect(await !view.wantsList)
        await view.begin(1)
        await view.saw(try Tag("a"), descriptor("a"))
        #expect(await !view.wantsList)
        await view.begin(1)
        await view.saw(try Tag("b"), nil)
        #expect(await view.wantsList)
        await view.begin(1)
        #expect(await !view.wantsList)
        await view.expect(2)
        #expect(await view.wantsList)
        await view.list { .tags(["a", "c"]) }
        #expect(await !view.wantsList)
        #expect(try await view.lacks(Tag("b")))
        #expect(try await !view.lacks(Tag("c")))
    }

    @Test("lists once for all who ask at the same time")
    func listsOnce() async throws {
        let (view, gate) = (RepositoryView(unknown: 3), Latch())
        let asked = Tally()
        await withDiscardingTaskGroup { group in
            for _ in 0..<5 {
                group.addTask {
                    await view.list { () async throws(RegistryError) in
                        asked.add()
                        await gate.pass()
                        return .tags(["a"])
                    }
                    #expect(await view.state == .populated)
                }
            }
            gate.open()
        }
        #expect(asked.count == 1)
    }

    @Test("knows what kind of repository it is")
    func state() async throws {
        #expect(await RepositoryView(unknown: 1).state == .unknown)
        for (listing, state) in [
            (TagListing.absent, RepositoryState.fresh), (.tags([]), .fresh), (.tags(["a"]), .populated),
            (.tags(["no tag!"]), .populated),
        ] {
            let view = RepositoryView(unknown: 1)
            await view.list { listing }
            #expect(await view.state == state)
        }
        let failed = RepositoryView(unknown: 1)
        await failed.list { () async throws(RegistryError) in throw .made(.denied) }
        #expect(await failed.state == .unknown)
        #expect(try await !failed.lacks(Tag("a")))
        let seen = RepositoryView(unknown: 1)
        await seen.saw(try Tag("a"), descriptor("a"))
        #expect(await seen.state == .populated)
    }

    @Test(
        "takes the nearest tag before for a neighbour, else the nearest after",
        arguments: [
            ("v10", ["v8", "v9", "v11"], "v9"), ("v1", ["v2", "v10"], "v2"), ("v2", ["v1", "v10"], "v1"),
            ("1.10.0", ["1.2.0", "1.9.0", "2.0.0"], "1.9.0"), ("v1", ["v1"], nil), ("v1", [], nil),
            ("v1", ["sha256-" + String(repeating: "a", count: 64)], nil),
        ] as [(String, [String], String?)])
    func neighbour(tag: String, others: [String], nearest: String?) async throws {
        let view = RepositoryView(unknown: 1)
        await view.list { .tags(others) }
        #expect(try await view.neighbour(of: Tag(tag)) == nearest.map { .tag(try Tag($0)) })
    }

    @Test("names a neighbour by its digest, where a head has told that")
    func neighbourByDigest() async throws {
        let view = RepositoryView(unknown: 1)
        await view.saw(try Tag("v1"), descriptor("one"))
        await view.list { .tags(["v1"]) }
        #expect(try await view.neighbour(of: Tag("v2")) == .digest(descriptor("one").digest))
    }

    @Test("asks for a blob and for a manifest once, whoever needs it")
    func asksOnce() async throws {
        let (view, digest) = (RepositoryView(unknown: 1), Digest(hashing: [1]))
        let asked = Tally()
        for _ in 0..<3 {
            let holds = try await view.holds(digest) { () async throws(RegistryError) in
                asked.add()
                return true
            }
            #expect(holds)
            let document = await view.document(.digest(digest)) { () async throws(RegistryError) in
                asked.add()
                throw .made(.denied)
            }
            #expect(document == nil)
        }
        #expect(asked.count == 2)
    }

    @Test("asks for a blob again where asking failed")
    func asksAgain() async throws {
        let (view, digest) = (RepositoryView(unknown: 1), Digest(hashing: [1]))
        await #expect(throws: RegistryError.self) {
            try await view.holds(digest) { () async throws(RegistryError) in throw .made(.unavailable) }
        }
        let holds = try await view.holds(digest) { () async throws(RegistryError) in true }
        #expect(holds)
    }
}

import Desired
import FoundationEssentials
import OCI
import Plan
import Registry
import State
import Testing

@testable import Reconcile

@Suite("Pass, remembering") struct MemoryTests {
    let yard = Yard()
    let store: Store
    let base: RepositoryName
    let app: RepositoryName
    let layer = Digest(hashing: Array("base".utf8))

    init() async throws {
        store = try Store.inMemory()
        (base, app) = (try RepositoryName("team/base"), try RepositoryName("team/app"))
        try await yard.source.hold(SampleImage("one", layers: ["base"]), "team/base", "v1")
        try await yard.source.hold(SampleImage("two", layers: ["base", "top"]), "team/app", "v1")
    }

    private func pass(_ repository: String, remembers: Bool = true) throws -> Pass {
        let store = store
        return yard.pass([try Yard.rule([repository: ["v1"]])]) { options in
            options.cost = .exact
            if remembers { options.store = store }
        }
    }

    @Test(
        "mounts what an earlier pass brought to another repository, as the plan says",
        arguments: [true, false])
    func mounts(remembers: Bool) async throws {
        _ = try await pass("team/base", remembers: remembers).reconcile()
        let plan = try await pass("team/app", remembers: remembers).diff().plan
        await yard.forgetCalls()
        let report = try await pass("team/app", remembers: remembers).reconcile()
        #expect(report.exitCode == 0)
        #expect(report.images[0].mounts == (remembers ? 1 : 0))
        #expect(report.images[0].uploads == (remembers ? 2 : 3))
        let total = plan.total
        #expect((total.mounts, total.uploads) == (report.images[0].mounts, report.images[0].uploads))
        #expect(total.bytes == report.bytes)
        #expect(total.rememberedMounts == (remembers ? 1 : 0))
        #expect(total.rememberedBytes == (remembers ? 4 : 0))
        #expect(await yard.requests == total.requests + plan.lookRequests)
        let step = plan.images[0].steps.first { $0.digest == layer }
        #expect(
            step?.reason
                == (remembers
                    ? "an earlier pass brought it to team/base" : "nothing tells that the registry has it"))
        #expect(step?.from == (remembers ? base : nil))
        let want = MemoryRegistry.Call.putBlob(layer, app, mounting: remembers ? base : nil)
        #expect(await yard.destination.calls.contains(want))
    }

    @Test("sends what a registry refuses to mount, and does not hope for it again") func refused()
        async throws
    {
        _ = try await pass("team/base").reconcile()
        await yard.destination.remove(layer, in: base)
        let report = try await pass("team/app").reconcile()
        #expect(report.exitCode == 0)
        #expect((report.images[0].mounts, report.images[0].uploads) == (0, 3))
        // The one who got it since is the one that is known now.
        #expect(await store.holders(of: [layer], at: "destination.test") == [layer: app])
    }

    @Test("takes a hint for nothing more: what the repository itself is said to hold is asked or pushed")
    func ownRepository() async throws {
        await store.note([layer], in: app, at: "destination.test")
        let report = try await pass("team/app").reconcile()
        #expect(report.exitCode == 0)
        #expect((report.images[0].mounts, report.images[0].uploads) == (0, 3))
    }

    @Test("forgets a repository that lacks what it was thought to hold") func forgets() async throws {
        let other = Digest(hashing: Array("other".utf8))
        await store.note([other], in: app, at: "destination.test")
        await yard.destination.before { call throws(RegistryError) in
            if case .put = call { throw .made(.contentMissing) }
        }
        _ = try await pass("team/app").reconcile()
        #expect(await store.holders(of: [other], at: "destination.test").isEmpty)
    }

    @Test("hints are a part of what a saved plan records, in one order") func recorded() throws {
        var image = ObservedImage(
            claim: Claim(
                rule: "rule", sourceRegistry: "from", sourceRepository: app, sourceTag: try Tag("v1"),
                destinationRegistry: "to", destinationRepository: app, destinationTag: try Tag("v1"),
                overwrite: .always), sourcePlace: "source.test", destinationPlace: "destination.test")
        for number in UInt8(0)..<20 { image.hints[Digest(hashing: [number])] = base }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let bytes = try encoder.encode(image)
        #expect(try JSONDecoder().decode(ObservedImage.self, from: bytes) == image)
        var again = image
        again.hints = [:]
        for number in (UInt8(0)..<20).reversed() { again.hints[Digest(hashing: [number])] = base }
        #expect(try encoder.encode(again) == bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self).contains("\"\(Digest(hashing: [0]))\":\"team\\/base\""))
    }
}

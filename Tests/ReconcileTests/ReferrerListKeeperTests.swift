import OCI
import Registry
import Testing

@testable import Reconcile

@Suite("ReferrerListKeeper", .timeLimit(.minutes(1))) struct ReferrerListKeeperTests {
    private let registry = MemoryRegistry(place: "destination.test")

    /// Writes a list that somebody takes away again, so many times; returns how often it was written.
    private func keep(losing times: Int) async throws -> Int {
        let (app, image) = (try RepositoryName("team/app"), try SampleImage("config"))
        let (written, source) = (Tally(), MemoryRegistry(place: "source.test"))
        let note = try SampleImage(about: image.top, "note")
        try await source.hold([note], about: image.digest, "team/app")
        await registry.store(note.top, as: .digest(note.digest), in: app)
        let entries = try await source.referrerIndex(of: image.digest, in: app)?.entries ?? []
        await registry.after { [registry] call in
            guard case .put(.tag(let tag), _) = call else { return }
            written.add()
            guard written.count <= times else { return }
            if let list = await registry.holdings[app]?[tag] { await registry.remove(list, in: app) }
        }
        let keeper = ReferrerListKeeper(destination: registry, repository: app) { _ in }
        _ = try await keeper.keep(entries, of: image.digest, from: nil)
        return written.count
    }

    @Test("puts back what is taken away, and looks whether the last write has stayed", arguments: [0, 1, 11])
    func stays(times: Int) async throws {
        #expect(try await keep(losing: times) == times + 1)
    }

    @Test("gives up where every write is taken away") func givesUp() async throws {
        let error = await #expect(throws: RegistryError.self) { try await keep(losing: .max) }
        #expect(error?.kind == .moved)
    }
}

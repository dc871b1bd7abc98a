import FoundationEssentials
import HTTP
import Lab
import OCI
import Testing

@testable import Registry

/// Blobs that go from a layout to a registry.
@Suite("Sending from a layout", .timeLimit(.minutes(1))) struct LayoutSendTests {
    private let blob: MadeBlob
    private let lab: LayoutLab
    private let repository: RepositoryName

    init() async throws {
        blob = try MadeBlob.layer("sent", size: 12 << 20)
        lab = try LayoutLab()
        repository = try RepositoryName("a")
        let bytes = try blob.bytes
        _ = try await lab.folder.putBlob(blob.described, from: .bytes(bytes), in: repository, mounting: nil)
    }

    private func send(by lab: ClientLab) async throws -> BlobArrival {
        try await lab.client.putBlob(
            blob.described, from: self.lab.folder.blob(blob.described.digest, in: repository), in: repository,
            mounting: nil)
    }

    /// A client whose waits end once the registry has seen that a body broke off.
    private func attentive(_ url: String, _ registry: ScriptedRegistry, chunkSize: Int64? = nil) throws
        -> ClientLab
    {
        try ClientLab(url) {
            $0.chunkSize = chunkSize
            $0.time.sleep = { _ in
                while registry.brokenRequests == 0 { try await Task.sleep(for: .milliseconds(2)) }
            }
        }
    }

    /// A proxy that breaks off one request of a kind.
    private func breaking(_ number: Int, _ method: String, _ registry: ScriptedRegistry, after: Int) throws
        -> CountingProxy
    {
        let count = Guarded(0)
        return try CountingProxy(to: registry.endpoint) { request in
            guard request.method == method else { return .pass }
            let seen = count.with {
                $0 += 1
                return $0
            }
            return seen == number ? .request(.end(after: after)) : .pass
        }
    }

    @Test("pieces are as large as is wanted")
    func pieces() async throws {
        let registry = try ScriptedRegistry()
        #expect(try await send(by: ClientLab(registry.url) { $0.chunkSize = 5 << 20 }) == .uploaded)
        let pieces = registry.requests.filter { $0.method == "PATCH" }.map(\.body.count)
        #expect(pieces == [5 << 20, 5 << 20, blob.size - (10 << 20)])
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
    }

    @Test("a broken piece goes on in its session, and no byte that is there is sent again")
    func brokenPiece() async throws {
        let registry = try ScriptedRegistry()
        let to = try breaking(2, "PATCH", registry, after: 2 << 20)
        #expect(try await send(by: attentive(to.url, registry, chunkSize: 5 << 20)) == .uploaded)
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
        #expect(to.counts["POST upload start"] == 1)
        let sent = registry.requests.filter { $0.method == "PATCH" }.map(\.body.count)
        #expect(sent.reduce(0, +) == blob.size)
    }

    @Test("a broken body gets the rest, and no byte that the registry has")
    func brokenWhole() async throws {
        let registry = try ScriptedRegistry()
        let to = try breaking(1, "PUT", registry, after: 6 << 20)
        #expect(try await send(by: attentive(to.url, registry)) == .uploaded)
        #expect(
            to.records.map(\.kind) == [
                "POST upload start", "PUT upload", "HEAD blob", "GET upload", "PATCH upload", "PUT upload",
            ])
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
    }

    @Test("it is noted before anything is sent, with each piece, and forgotten when it is closed")
    func noted() async throws {
        let (registry, journal) = (try ScriptedRegistry(), JournalTests.KeptJournal())
        let client = try ClientLab(registry.url) {
            $0.journal = journal
            $0.chunkSize = 5 << 20
        }
        #expect(try await send(by: client) == .uploaded)
        #expect(
            await journal.told == [
                "note upload-1", "note upload-1", "note upload-1", "note upload-1", "forget",
            ])
    }

    @Test("what an earlier process left is gone on with, and no byte of it is sent again")
    func takenUp() async throws {
        let (registry, journal) = (try ScriptedRegistry(), JournalTests.KeptJournal())
        let raw = RawClient(registry.endpoint)
        let place = try #require(try raw.send("POST", "/v2/a/blobs/uploads/").headers["Location"])
        _ = try raw.send("PATCH", place, body: .bytes(Array(blob.bytes[..<(10 << 20)])))
        await journal.put(
            LeftUpload(
                repository: repository, digest: try blob.described.digest, size: Int64(blob.size),
                location: registry.url + place))
        let before = registry.requests.count
        #expect(try await send(by: ClientLab(registry.url) { $0.journal = journal }) == .uploaded)
        let requests = registry.requests.dropFirst(before)
        #expect(requests.map(\.method) == ["GET", "PATCH", "PUT"])
        #expect(requests.map(\.body.count).reduce(0, +) == blob.size - 10 << 20)
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
        #expect(await journal.left.isEmpty)
    }

    @Test("a proxy that takes small bodies alone gets them")
    func tooLarge() async throws {
        let registry = try ScriptedRegistry(RegistryKnobs { $0.largestBody = Int(RegistryTraits.smallPiece) })
        #expect(try await send(by: ClientLab(registry.url) { $0.chunkSize = 11 << 20 }) == .uploaded)
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
    }

    @Test("pieces of a file whose bytes are wrong never become the blob")
    func wrongBytes() async throws {
        var wrong = try blob.bytes
        wrong[5 << 20] ^= 1
        try Data(wrong).write(to: URL(filePath: lab.path(of: blob.described.digest, in: repository)))
        let registry = try ScriptedRegistry()
        let failure = await failure {
            try await send(by: ClientLab(registry.url) { $0.chunkSize = 5 << 20 })
        }
        #expect(failure != nil)
        #expect(registry.blob(blob.digest, in: "a") == nil)
    }
}

import HTTP
import Lab
import OCI
import Registry
import Testing

@Suite("Blobs and sessions", .timeLimit(.minutes(3))) struct BlobTests {
    private static let registry = Result { try DockerRegistry() }
    private let name = RepositoryName.named
    private let registry: DockerRegistry
    private let client: DistributionClient

    init() throws {
        registry = try Self.registry.get()
        client = try ClientLab(registry.url).client
    }

    private func open(_ start: DistributionClient.UploadStart) throws -> UploadSession {
        guard case .open(let session) = start else { throw LabError("mounted") }
        return session
    }

    @Test("are there or not, read whole or in part, and removed")
    func read() async throws {
        let blob = try MadeBlob.layer("read", size: 50_000)
        let (digest, repository) = (try blob.described.digest, try name("read/a"))
        #expect(try await client.hasBlob(digest, in: repository) == false)
        #expect(await failure { try await client.readBlob(digest, in: repository) }?.kind == .notFound)
        try Seeder(registry.endpoint).push(blob, to: "read/a")
        #expect(try await client.hasBlob(digest, in: repository))
        #expect(try await client.readBlob(digest, in: repository) == blob.bytes)
        #expect(
            try await client.readBlob(digest, in: repository, range: 10...19) == Array(blob.bytes[10..<20]))
        #expect(
            await failure { try await client.readBlob(digest, in: repository, most: 100) }?.kind == .tooLarge)
        try await client.deleteBlob(digest, in: repository)
        try await client.deleteBlob(digest, in: repository)
        #expect(try await client.hasBlob(digest, in: repository) == false)
    }

    @Test("that change on the way are told")
    func wrongBytes() async throws {
        let blob = MadeBlob(Array("some bytes".utf8))
        try Seeder(registry.endpoint).push(blob, to: "wrong/b")
        let proxy = try CountingProxy(to: registry.endpoint) { _ in .response(.corrupt(at: 2)) }
        let failure = await failure {
            try await ClientLab(proxy.url).client.readBlob(blob.described.digest, in: name("wrong/b"))
        }
        #expect(failure?.kind == .wrongBytes)
    }

    @Test("go up in one PUT from memory", arguments: [0, 1, 100_000])
    func put(size: Int) async throws {
        let blob = MadeBlob([UInt8](repeating: 7, count: size))
        let arrival = try await client.putBlob(
            blob.described, from: .bytes(blob.bytes), in: name("put/s\(size)"), mounting: nil)
        #expect(arrival == .uploaded)
        #expect(try await client.readBlob(blob.described.digest, in: name("put/s\(size)")) == blob.bytes)
    }

    @Test("go up in pieces, with a look at the state between")
    func pieces() async throws {
        let bytes = (0..<30_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let digest = Digest(hashing: bytes)
        let repository = try name("pieces/a")
        var session = try open(await client.startUpload(in: repository))
        session = try await client.append(Array(bytes[..<10_000]), to: session)
        session = try await client.append(Array(bytes[10_000..<20_000]), to: session)
        #expect(session.offset == 20_000)
        let told = try #require(try await client.status(of: session))
        #expect(told.offset == 20_000)
        try await client.finish(told, as: digest, with: Array(bytes[20_000...]))
        #expect(try await client.readBlob(digest, in: repository) == bytes)
    }

    @Test("a session that was cancelled is lost, and cancelling it again is no error")
    func cancel() async throws {
        let session = try open(await client.startUpload(in: name("cancel/a")))
        try await client.cancel(session)
        try await client.cancel(session)
        #expect(try await client.status(of: session) == nil)
        #expect(await failure { try await client.append([1], to: session) }?.kind == .sessionLost)
        let digest = Digest(hashing: [1])
        #expect(
            await failure { try await client.finish(session, as: digest, with: [1]) }?.kind == .sessionLost)
    }

    @Test("a sum that is not the bytes' is refused by the registry")
    func wrongSum() async throws {
        let session = try open(await client.startUpload(in: name("wrong/sum")))
        let failure = await failure { try await client.finish(session, as: Digest(hashing: [2]), with: [1]) }
        #expect(failure?.kind == .wrongBytes && failure?.detail.contains("DIGEST_INVALID") == true)
    }

    @Test("are mounted from a neighbour, or get a session where it has none")
    func mount() async throws {
        let blob = try MadeBlob.layer("mount", size: 5000)
        try Seeder(registry.endpoint).push(blob, to: "mount/home")
        let digest = try blob.described.digest
        guard
            case .mounted = try await client.startUpload(
                in: name("mount/away"), mounting: digest, from: name("mount/home"))
        else { throw LabError("not mounted") }
        #expect(try await client.hasBlob(digest, in: name("mount/away")))
        _ = try open(
            await client.startUpload(in: name("mount/far"), mounting: digest, from: name("mount/none")))
        let other = Digest(hashing: [9])
        _ = try open(
            await client.startUpload(in: name("mount/far"), mounting: other, from: name("mount/home")))
    }

    @Test("are mounted from anywhere where a registry does that")
    func mountFromAnywhere() async throws {
        let registry = try ScriptedRegistry()
        let image = ImageMaker().artifact("home", "v1")
        try registry.hold(image)
        let digest = try image.blobs[0].described.digest
        guard
            case .mounted = try await ClientLab(registry.url).client.startUpload(
                in: name("away"), mounting: digest)
        else { throw LabError("not mounted") }
        #expect(registry.requests[0].query("from") == nil)
    }

    @Test(
        "an absurd state of a session is told, and crashes nothing",
        arguments: ["0-9223372036854775807", "0-99999999999999999999", "0--7", "x", ""])
    func absurdRange(range: String) async throws {
        let registry = try ScriptedRegistry { request in
            let headers: Headers = [
                "Location": "/v2/a/blobs/uploads/1", "Range": range,
                "OCI-Chunk-Min-Length": "-9223372036854775808",
            ]
            return ScriptedResponse(request.method == "POST" ? 202 : 204, headers: headers)
        }
        let client = try ClientLab(registry.url).client
        let session = try open(await client.startUpload(in: name("a")))
        #expect(session.smallestPiece == nil)
        do {
            #expect((0...8).contains(try await client.status(of: session)?.offset ?? -1))
        } catch { #expect(error.kind == .malformed) }
    }

    @Test("an upload without a place to go is told")
    func noLocation() async throws {
        let registry = try ScriptedRegistry { _ in ScriptedResponse(202) }
        let failure = await failure { try await ClientLab(registry.url).client.startUpload(in: name("a")) }
        #expect(failure?.kind == .malformed && failure?.detail == "an upload without a Location")
    }
}

import HTTP
import HTTPTypes
import Testing

@testable import Lab

@Suite("TLS", .timeLimit(.minutes(3))) struct TLSTests {
    private static let authority = Result { try TestCA() }
    private let loop: CurlLoop
    private let ca: TestCA

    init() throws {
        loop = try CurlLoop()
        ca = try Self.authority.get()
    }

    private func registry(clientCertificates: Bool = false) throws -> DockerRegistry {
        try DockerRegistry(
            .init {
                $0.tls = ca
                $0.clientCertificates = clientCertificates
            })
    }

    private func status(_ registry: DockerRegistry, _ security: Security) async throws -> Int {
        var request = try request(.get, registry.url + "/v2/")
        request.security = security
        return try await loop.send(request).status
    }

    private func kind(_ registry: DockerRegistry, _ security: Security) async -> TransportError.Kind? {
        let failure = await #expect(throws: TransportError.self) { try await status(registry, security) }
        return failure?.kind
    }

    @Test("trusts an authority that is named, and no other unless told to trust all")
    func trust() async throws {
        let registry = try registry()
        #expect(try await status(registry, Security(caFile: ca.certificate)) == 200)
        #expect(await kind(registry, Security()) == .tls)
        #expect(try await status(registry, Security(skipsVerification: true)) == 200)
        let stranger = try TestCA()
        #expect(await kind(registry, Security(caFile: stranger.certificate)) == .tls)
    }

    @Test("who hangs up in the handshake is no stranger", arguments: [false, true])
    func hangUp(isReset: Bool) async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.read()
            if isReset { connection.socket.resetOnClose() }
        }
        let failure = await #expect(throws: TransportError.self) {
            try await loop.send(request(.get, "https" + server.url.dropFirst(4)))
        }
        #expect(failure?.kind == .connect, "\(failure?.detail ?? "")")
    }

    @Test("a connection of one trust is not used for another")
    func separate() async throws {
        let registry = try registry()
        #expect(try await status(registry, Security(skipsVerification: true)) == 200)
        #expect(await kind(registry, Security()) == .tls)
    }

    @Test("a name that the certificate does not bear is refused")
    func otherName() async throws {
        let registry = try registry()
        var request = try request(.get, "https://127.0.0.2:\(registry.endpoint.port)/v2/")
        request.security = Security(caFile: ca.certificate)
        let failure = await #expect(throws: TransportError.self) { try await loop.send(request) }
        // Where the registry listens on one address alone, there is no connection at all.
        #expect(failure?.kind == .tls || failure?.kind == .connect)
    }

    @Test("shows a client certificate, and is refused without")
    func clientCertificate() async throws {
        let registry = try registry(clientCertificates: true)
        let shown = Security(
            caFile: ca.certificate, clientCertificate: ca.clientCertificate, clientKey: ca.clientKey)
        #expect(try await status(registry, shown) == 200)
        #expect(await kind(registry, Security(caFile: ca.certificate)) == .tls)
    }

    @Test("files that can't be used are told from peers that can't be trusted")
    func files() async throws {
        let registry = try registry(clientCertificates: true)
        #expect(await kind(registry, Security(caFile: "/no/such/file")) == .securityFiles)
        let noKey = Security(
            caFile: ca.certificate, clientCertificate: ca.clientCertificate, clientKey: "/no/such/file")
        #expect(await kind(registry, noKey) == .securityFiles)
        let noCertificate = Security(
            caFile: ca.certificate, clientCertificate: ca.clientKey, clientKey: ca.clientKey)
        #expect(await kind(registry, noCertificate) == .securityFiles)
        let otherKey = Security(
            caFile: ca.certificate, clientCertificate: ca.clientCertificate, clientKey: ca.serverKey)
        #expect(await kind(registry, otherKey) == .securityFiles)
    }

    @Test("plain http to a TLS port is an answer or no HTTP, never a hang")
    func plain() async throws {
        let registry = try registry()
        let answer = try await loop.send(request(.get, "http://\(registry.host)/v2/"))
        #expect(answer.status == 400)
    }

    @Test("a pipe between two TLS registries' ports")
    func pipe() async throws {
        let (source, destination) = try (registry(), registry())
        let blob = try MadeBlob.layer("tls", size: 700_000)
        let door = try source.backDoor()
        try Seeder(door.endpoint).push(blob, to: "a")
        let security = Security(caFile: ca.certificate)
        var start = try request(.post, destination.url + "/v2/b/blobs/uploads/", body: [])
        start.security = security
        let location = try #require(try await loop.send(start).headers[.location])
        var download = try request(.get, source.url + "/v2/a/blobs/\(blob.digest)")
        download.security = security
        var upload = Request(.put, try Address(location).adding(query: "digest", blob.digest))
        upload.security = security
        let transfer = BlobTransfer(
            download: download, upload: upload, size: Int64(blob.size), checksum: Checksum(of: try blob.bytes)
        )
        guard case .answered(let response) = try await loop.pipe(transfer) else {
            Issue.record("refused at the source")
            return
        }
        #expect(response.status == 201)
    }
}

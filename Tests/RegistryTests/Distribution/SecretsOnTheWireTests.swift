import HTTP
import HTTPTypes
import Lab
import OCI
import Testing

@testable import Registry

@Suite("Secrets on the wire", .timeLimit(.minutes(3))) struct SecretsOnTheWireTests {
    private let name = RepositoryName.named

    @Test(
        "stay at the registry when a blob lies on another host or another port",
        arguments: ["127.0.0.2", "127.0.0.1"])
    func redirects(host: String) async throws {
        let registry = try DockerRegistry(.init { $0.passwords = true })
        let door = try registry.backDoor()
        let blob = try MadeBlob.layer("redirected", size: 150_000)
        try Seeder(door.endpoint).push(blob, to: "a")
        let storage = try CountingProxy(to: door.endpoint, listen: Endpoint(host: host, port: 0))
        let front = try CountingProxy(to: registry.endpoint) { request in
            guard request.kind == "GET blob", request.headers["Authorization"] != nil else { return .pass }
            return .redirect(to: storage.url + request.target + "?signature=x")
        }
        let client = try ClientLab(front.url, login: FixedLogin(.captain)).client
        let digest = try blob.described.digest
        #expect(try await client.readBlob(digest, in: name("a")) == blob.bytes)
        let kept = try ScriptedRegistry()
        let arrival = try await ClientLab(kept.url).client.putBlob(
            blob.described, from: client.blob(digest, in: name("a")), in: name("a"), mounting: nil)
        #expect(try arrival == .uploaded && kept.blob(blob.digest, in: "a") == blob.bytes)
        #expect(storage.records.count == 2 && storage.records.allSatisfy { !$0.hasCredentials })
        #expect(storage.records.allSatisfy { $0.target.hasSuffix("?signature=x") })
        #expect(front.records.contains { $0.hasCredentials })
        #expect(kept.requests.allSatisfy { $0.headers["Authorization"] == nil })
    }

    @Test("stay at the registry when an upload goes on elsewhere")
    func uploads() async throws {
        let elsewhere = try ScriptedRegistry { _ in ScriptedResponse(201) }
        let registry = try ScriptedRegistry(RegistryKnobs { $0.login = .captain })
        registry.setScript { request in
            guard request.method == "POST", request.headers["Authorization"] != nil else { return nil }
            return ScriptedResponse(
                202, headers: ["Location": elsewhere.url + "/v2/a/blobs/uploads/1?state=x%3D"])
        }
        let client = try ClientLab(registry.url, login: FixedLogin(.captain)).client
        let blob = MadeBlob(Array("cargo".utf8))
        let source = try source(blob)
        let remote = try ClientLab(source.url).client.blob(blob.described.digest, in: name("a"))
        for body in [BlobBody.bytes(try blob.bytes), remote] {
            _ = try await client.putBlob(blob.described, from: body, in: name("a"), mounting: nil)
        }
        #expect(elsewhere.requests.count == 2)
        #expect(elsewhere.requests.allSatisfy { $0.headers["Authorization"] == nil })
        #expect(try elsewhere.requests.map(\.body) == [blob.bytes, blob.bytes])
        #expect(
            elsewhere.requests[0].target
                == "/v2/a/blobs/uploads/1?state=x%3D&digest=sha256%3A\(blob.digest.dropFirst(7))")
    }

    @Test("a 401 of another host teaches the registry's login nothing")
    func foreignQuestions() async throws {
        let trap = try ScriptedRegistry { _ in .json(200, #"{"token":"trap"}"#) }
        let storage = try ScriptedRegistry { _ in
            ScriptedResponse(401, headers: ["Www-Authenticate": #"Bearer realm="\#(trap.url)/token""#])
        }
        let registry = try ScriptedRegistry(RegistryKnobs { $0.login = .captain })
        registry.setScript { request in
            guard request.headers["Authorization"] != nil else { return nil }
            let isTaken = request.method == "GET" && request.route.kind == .blob
            guard isTaken || request.method == "POST" else { return nil }
            return ScriptedResponse(
                isTaken ? 307 : 202, headers: ["Location": storage.url + request.target + "?x=y"])
        }
        let client = try ClientLab(registry.url, login: FixedLogin(.captain)).client
        let blob = MadeBlob(Array("cargo".utf8))
        let digest = try blob.described.digest
        let (here, there) = try (name("a"), ScriptedRegistry())
        let other = try ClientLab(there.url).client
        let remote = other.blob(digest, in: here)
        try there.hold(MadeImage(repository: "a", tag: "x", blobs: [blob], manifests: []))
        let failures = await [
            failure { try await client.readBlob(digest, in: here) },
            failure {
                try await other.putBlob(
                    blob.described, from: client.blob(digest, in: here), in: here, mounting: nil)
            },
            failure { try await client.putBlob(blob.described, from: remote, in: here, mounting: nil) },
            failure {
                try await client.putBlob(
                    blob.described, from: .bytes(try blob.bytes), in: here, mounting: nil)
            },
        ]
        for failure in failures {
            #expect(failure?.kind == .denied)
            #expect(failure?.detail.hasPrefix("\(storage.url) answered with status 401") == true)
        }
        #expect(trap.requests.isEmpty && storage.requests.count == 4)
        #expect(storage.requests.allSatisfy { $0.headers["Authorization"] == nil })
        #expect(try await client.tags(in: here) != .tags(["x"]))
    }

    private func source(_ blob: MadeBlob) throws -> ScriptedRegistry {
        let registry = try ScriptedRegistry()
        try registry.hold(MadeImage(repository: "a", tag: "x", blobs: [blob], manifests: []))
        return registry
    }

    @Test("a request to a stranger bears no proof, no certificate and no leave to skip checks")
    func prepared() async throws {
        let client = try ClientLab("https://registry.example:5000") {
            $0.security = Security(
                caFile: "ca", clientCertificate: "c", clientKey: "k", skipsVerification: true)
        }.client
        let proof = Authorization(id: 1, field: Secret("Bearer x"))
        let own = client.prepared(
            Request(.get, try Address("https://registry.example:5000/v2/")), proof: proof)
        #expect(own.headers[.authorization] == "Bearer x" && own.security == client.settings.security)
        for (url, skips) in [("https://registry.example/x", true), ("https://storage.example/x", false)] {
            let request = client.prepared(Request(.get, try Address(url)), proof: proof)
            #expect(request.headers[.authorization] == nil)
            #expect(request.security == Security(caFile: "ca", skipsVerification: skips))
        }
    }

    @Test(
        "an upload's Location never leads from https to http",
        arguments: [
            ("http://registry.example/v2/x?a=b", "https://registry.example:5000/v2/x?a=b"),
            ("http://registry.example:5000/v2/x", "https://registry.example:5000/v2/x"),
            ("/v2/x", "https://registry.example:5000/v2/x"),
            ("https://store.example/x", "https://store.example/x"), ("http://store.example/x", nil),
            ("ftp://a/", nil),
            ("https://me@registry.example:5000/", nil),
        ] as [(String, String?)])
    func location(text: String, whole: String?) throws {
        let client = try ClientLab("https://registry.example:5000").client
        let purpose = Purpose(action: "upload blob", subject: "a", scopes: [])
        let response = Response(status: 202, headers: [.location: text])
        let start = try Address("https://registry.example:5000/v2/a/blobs/uploads/")
        let next = try? client.location(of: response, at: start, purpose).description
        #expect(next == whole)
    }
}

@Suite("Origin of an API") struct OriginOfAPITests {
    @Test(
        "is found from a registry's name",
        arguments: [
            ("docker.io", nil, "https://registry-1.docker.io"),
            ("registry.example", nil, "https://registry.example"),
            ("registry.example:5000", nil, "https://registry.example:5000"),
            ("localhost:5000", nil, "http://localhost:5000"),
            ("127.0.0.1", nil, "http://127.0.0.1"), ("[::1]:5000", nil, "http://[::1]:5000"),
            ("[::1]", nil, "http://[::1]"),
            ("localhost:5000", false, "https://localhost:5000"),
            ("registry.example", true, "http://registry.example"),
            ("registry.example:443", true, "http://registry.example:443"),
        ] as [(String, Bool?, String)])
    func found(place: String, plainHTTP: Bool?, origin: String) throws {
        #expect(try Origin.api(of: place, plainHTTP: plainHTTP).description == origin)
    }
}

import HTTP
import HTTPTypes
import Lab
import OCI
import Testing

@testable import Registry

@Suite("Access", .timeLimit(.minutes(3))) struct AccessTests {
    private let name = RepositoryName.named
    private static let authority = Result { try TestCA() }

    @Test("Basic: in with the right password, out with a clear word with a wrong one")
    func basic() async throws {
        let registry = try DockerRegistry(.init { $0.passwords = true })
        let door = try registry.backDoor()
        try Seeder(door.endpoint).push(ImageMaker().image("a", "v1"))
        let client = try ClientLab(registry.url, login: FixedLogin(.captain)).client
        #expect(try await client.tags(in: name("a")) == .tags(["v1"]))
        let wrong = Lab.Login("captain", "mutiny-at-sea")
        let failure = await failure {
            try await ClientLab(registry.url, login: FixedLogin(wrong)).client.tags(in: name("a"))
        }
        #expect(failure?.kind == .denied && failure?.isTransient == false)
        #expect(failure?.detail.contains("check") == true)
        for secret in ["mutiny", wrong.encoded] { #expect(failure?.description.contains(secret) == false) }
        let nobody = await refusal(by: registry.url)
        #expect(nobody?.kind == .denied && nobody?.detail.contains("name one") == true)
    }

    private func refusal(by url: String) async -> RegistryError? {
        await failure { try await ClientLab(url).client.tags(in: name("a")) }
    }

    @Test("Bearer: one token for a repository, read and written, and one to delete")
    func bearer() async throws {
        let tokens = try TokenServer()
        let registry = try DockerRegistry(.init { $0.tokens = tokens })
        let client = try ClientLab(registry.url, login: FixedLogin(.captain)).client
        let blob = MadeBlob(Array("cargo".utf8))
        let arrival = try await client.putBlob(
            blob.described, from: .bytes(blob.bytes), in: name("a"), mounting: nil)
        #expect(arrival == .uploaded)
        #expect(try await client.hasBlob(blob.described.digest, in: name("a")))
        #expect(tokens.asked.map(\.scopes) == [["repository:a:pull,push"]])
        try await client.deleteBlob(blob.described.digest, in: name("a"))
        #expect(tokens.asked.map(\.scopes).last == ["repository:a:delete,pull"])
    }

    @Test("Bearer: a token that runs out is replaced, and nothing fails")
    func expiry() async throws {
        let tokens = try TokenServer(.init { $0.life = 2 })
        let registry = try DockerRegistry(.init { $0.tokens = tokens })
        let lab = try ClientLab(registry.url, login: FixedLogin(.captain))
        while tokens.asked.count < 3 {
            try await Task.sleep(for: .milliseconds(20))
            #expect(try await lab.client.tags(in: name("a")) == .absent)
        }
        #expect(lab.waits.isEmpty)
    }

    @Test("tokens that live shorter than the queue is long do not fail who waits in it")
    func queue() async throws {
        let tokens = try TokenServer(.init { $0.life = 2 })
        let registry = try DockerRegistry(.init { $0.tokens = tokens })
        let proxy = try CountingProxy(to: registry.endpoint) {
            $0.method == "PUT" ? .hold(seconds: 0.25) : .pass
        }
        let blobs = try (0..<20).map { try MadeBlob.layer("queue\($0)", size: 2000) }
        let source = try ScriptedRegistry()
        try source.hold(MadeImage(repository: "a", tag: "x", blobs: blobs, manifests: []))
        let from = try ClientLab(source.url).client
        let to = try ClientLab(proxy.url, login: FixedLogin(.captain)) { $0.concurrency = 1 }
        try await withThrowingTaskGroup(of: BlobArrival.self) { group in
            for blob in blobs {
                group.addTask {
                    try await to.client.putBlob(
                        blob.described, from: from.blob(blob.described.digest, in: name("a")),
                        in: name("a"), mounting: nil)
                }
            }
            for try await arrival in group { #expect(arrival == .uploaded) }
        }
        #expect(to.waits.isEmpty && tokens.asked.count > 2)
    }

    @Test(
        "a token refused in mid-pass is replaced once, whatever is under way",
        arguments: ["HEAD", "POST", "PUT", "GET"])
    func refusedToken(method: String) async throws {
        let tokens = try TokenServer()
        let registry = try DockerRegistry(.init { $0.tokens = tokens })
        let isRevoked = Guarded(false)
        let proxy = try CountingProxy(to: registry.endpoint) { request in
            if request.method == method {
                isRevoked.with { done in
                    if !done, request.headers["Authorization"] != nil {
                        tokens.revokeAll()
                        done = true
                    }
                }
            }
            return tokens.refusal(of: request) ?? .pass
        }
        let blob = try MadeBlob.layer("token", size: 200_000)
        let source = try ScriptedRegistry()
        try source.hold(MadeImage(repository: "a", tag: "x", blobs: [blob], manifests: []))
        let lab = try ClientLab(proxy.url, login: FixedLogin(.captain))
        let from = try ClientLab(source.url).client
        let digest = try blob.described.digest
        #expect(try await lab.client.hasBlob(digest, in: name("a")) == false)
        let arrival = try await lab.client.putBlob(
            blob.described, from: from.blob(digest, in: name("a")), in: name("a"), mounting: nil)
        #expect(arrival == .uploaded && lab.waits.isEmpty)
        #expect(try await lab.client.readBlob(digest, in: name("a")) == blob.bytes)
        #expect(tokens.asked.count == 2 && isRevoked.with { $0 })
    }

    @Test("a source's token refused in mid-pass is replaced as well")
    func refusedAtSource() async throws {
        let tokens = try TokenServer()
        let registry = try DockerRegistry(.init { $0.tokens = tokens })
        let door = try registry.backDoor()
        let blob = try MadeBlob.layer("token-at-source", size: 200_000)
        try Seeder(door.endpoint).push(blob, to: "a")
        let proxy = try CountingProxy(to: registry.endpoint) { tokens.refusal(of: $0) ?? .pass }
        let from = try ClientLab(proxy.url, login: FixedLogin(.captain)).client
        #expect(try await from.hasBlob(blob.described.digest, in: name("a")))
        tokens.revokeAll()
        let kept = try ScriptedRegistry()
        let to = try ClientLab(kept.url)
        let arrival = try await to.client.putBlob(
            blob.described, from: from.blob(blob.described.digest, in: name("a")), in: name("a"),
            mounting: nil)
        #expect(arrival == .uploaded && tokens.asked.count == 2 && to.waits.isEmpty)
        #expect(try kept.blob(blob.digest, in: "a") == blob.bytes)
    }

    @Test("fresh tokens that are refused as well are given up")
    func spoiled() async throws {
        let tokens = try TokenServer()
        let registry = try DockerRegistry(.init { $0.tokens = tokens })
        tokens.spoilNext(100)
        let lab = try ClientLab(registry.url, login: FixedLogin(.captain))
        let failure = await failure { try await lab.client.tags(in: name("a")) }
        #expect(failure?.kind == .denied && tokens.asked.count <= 2)
    }

    @Test("TLS with an own authority and client certificates")
    func tls() async throws {
        let ca = try Self.authority.get()
        let registry = try DockerRegistry(
            .init {
                $0.tls = ca
                $0.clientCertificates = true
            })
        let blob = try MadeBlob.layer("tls", size: 80_000)
        let security = Security(
            caFile: ca.certificate, clientCertificate: ca.clientCertificate, clientKey: ca.clientKey)
        let client = try ClientLab(registry.url) { $0.security = security }.client
        for repository in try [name("a"), name("b")] {
            let body: BlobBody =
                repository.description == "a"
                ? .bytes(try blob.bytes) : client.blob(try blob.described.digest, in: try name("a"))
            #expect(
                try await client.putBlob(blob.described, from: body, in: repository, mounting: nil)
                    == .uploaded)
        }
        let stranger = await refusal(by: registry.url)
        #expect(stranger?.kind == .transport(.tls))
        #expect(
            stranger?.detail.hasSuffix(
                "name its authority, or a client certificate, under the registry's 'tls'") == true)
    }

    @Test("who is cancelled while a token is fetched is not denied")
    func cancelled() async throws {
        let client = try ClientLab(ScriptedRegistry().url).client
        let purpose = Purpose(action: "list tags", subject: "a", scopes: [])
        let kinds: [(AuthError.Kind, RegistryError.Kind)] = [
            (.cancelled, .cancelled), (.unavailable, .unavailable), (.insecure, .transport(.tls)),
            (.denied, .denied),
            (.noLogin, .denied), (.untrustedRealm, .denied), (.unsupported, .denied),
            (.malformed, .malformed),
        ]
        for (kind, told) in kinds {
            #expect(client.failure(AuthError(kind, at: "a", detail: "why"), purpose).kind == told)
        }
    }
}

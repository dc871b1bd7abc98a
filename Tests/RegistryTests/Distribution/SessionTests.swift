import Lab
import OCI
import Registry
import Testing

@Suite("Upload sessions", .timeLimit(.minutes(3))) struct SessionTests {
    private let name = RepositoryName.named

    private func copy(_ blob: MadeBlob, from source: ScriptedRegistry, to lab: ClientLab) async throws {
        let from = try ClientLab(source.url).client
        _ = try await lab.client.putBlob(
            blob.described, from: from.blob(blob.described.digest, in: name("a")), in: name("a"),
            mounting: nil)
    }

    private func source(_ blob: MadeBlob) throws -> ScriptedRegistry {
        let source = try ScriptedRegistry()
        try source.hold(MadeImage(repository: "a", tag: "x", blobs: [blob], manifests: []))
        return source
    }

    @Test("one that got nothing serves the next try")
    func reused() async throws {
        let blob = try MadeBlob.layer("reused", size: 9000)
        let (source, registry) = try (source(blob), ScriptedRegistry())
        source.setScript { $0.number < 3 ? .error(503, "UNAVAILABLE") : nil }
        try await copy(blob, from: source, to: ClientLab(registry.url))
        #expect(registry.requests.map(\.method) == ["POST", "PUT"])
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
    }

    @Test("one is cancelled when its blob is given up")
    func cancelled() async throws {
        let blob = try MadeBlob.layer("cancelled", size: 9000)
        let (source, registry) = try (source(blob), ScriptedRegistry())
        source.lose(blob: blob.digest, in: "a")
        let lab = try ClientLab(registry.url)
        let failure = await failure { try await copy(blob, from: source, to: lab) }
        #expect(failure?.kind == .notFound && failure?.side == .source)
        #expect(registry.requests.map(\.method) == ["POST", "DELETE"])
    }

    @Test("one is cancelled too where the source lets nobody in, and the source is named")
    func closedSource() async throws {
        let blob = try MadeBlob.layer("closed", size: 9000)
        let (source, registry) = try (source(blob), ScriptedRegistry())
        source.turn { $0.login = .captain }
        let lab = try ClientLab(registry.url)
        let failure = await failure { try await copy(blob, from: source, to: lab) }
        #expect(failure?.kind == .denied && failure?.side == .source)
        #expect(registry.requests.map(\.method) == ["POST", "DELETE"])
    }

    @Test("one that got wrong bytes is cancelled before the next is opened")
    func replaced() async throws {
        let blob = try MadeBlob.layer("replaced", size: 9000)
        let wrong = [UInt8](repeating: 7, count: blob.size)
        let (source, registry) = try (source(blob), ScriptedRegistry())
        source.setScript { $0.number == 1 ? ScriptedResponse(200, body: wrong) : nil }
        try await copy(blob, from: source, to: ClientLab(registry.url))
        let methods = registry.requests.map(\.method).filter { $0 != "PUT" }
        #expect(methods == ["POST", "HEAD", "DELETE", "POST"])
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
    }
}

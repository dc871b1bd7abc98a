import Lab
import OCI
import Registry
import Testing

@Suite("Manifests that are put", .timeLimit(.minutes(3))) struct ManifestPutTests {
    private let name = RepositoryName.named

    @Test("a registry that rewrites what it stores is found out")
    func rewriting() async throws {
        let image = ImageMaker().artifact("a", "v1")
        let registry = try ScriptedRegistry { request in
            request.method == "PUT"
                ? ScriptedResponse(
                    201, headers: ["Docker-Content-Digest": "sha256:" + String(repeating: "1", count: 64)])
                : nil
        }
        let top = try #require(image.manifests.last)
        let document = try ManifestDocument(bytes: top.bytes, contentType: top.mediaType)
        let failure = await failure {
            try await ClientLab(registry.url).client.put(document, as: .tag("v1"), in: name("a"))
        }
        #expect(failure?.detail.contains("it rewrites manifests") == true)
    }

    @Test("a manifest that was stored with other bytes, damaged on its way, is put again")
    func damaged() async throws {
        let image = ImageMaker().artifact("a", "v1")
        let other = "sha256:" + String(repeating: "1", count: 64)
        let registry = try ScriptedRegistry(RegistryKnobs { $0.checksParts = false }) { request in
            request.number == 1 ? ScriptedResponse(201, headers: ["Docker-Content-Digest": other]) : nil
        }
        let top = try #require(image.manifests.last)
        let document = try ManifestDocument(bytes: top.bytes, contentType: top.mediaType)
        let lab = try ClientLab(registry.url)
        try await lab.client.put(document, as: .tag("v1"), in: name("a"))
        #expect(registry.manifest("v1", in: "a") == top.bytes)
        #expect(registry.requests.count == 2 && lab.waits.count == 1)
    }

    @Test("a PUT that was applied without an answer is repeated to the same end")
    func unacknowledged() async throws {
        let registry = try DockerRegistry()
        let image = ImageMaker().artifact("unacknowledged/a", "v1")
        for blob in image.blobs { try Seeder(registry.endpoint).push(blob, to: image.repository) }
        let proxy = try CountingProxy(to: registry.endpoint) { $0.number == 1 ? .swallowAnswer : .pass }
        let lab = try ClientLab(proxy.url)
        let top = try #require(image.manifests.last)
        let document = try ManifestDocument(bytes: top.bytes, contentType: top.mediaType)
        try await lab.client.put(document, as: .tag("v1"), in: name(image.repository))
        #expect(proxy.counts["PUT manifest by tag"] == 2 && lab.waits.count == 1)
    }

    @Test("an immutable tag is no failure where it is right already")
    func immutable() async throws {
        let registry = try ScriptedRegistry {
            $0.method == "PUT" ? .error(400, "TAG_INVALID", "immutable") : nil
        }
        let (held, other) = (ImageMaker().artifact("a", "v1"), try ImageMaker().image("a", "v2"))
        try registry.hold(held)
        let client = try ClientLab(registry.url).client
        for (image, kind) in [(held, nil), (other, RegistryError.Kind.immutable)] {
            let top = try #require(image.manifests.last)
            let document = try ManifestDocument(bytes: top.bytes, contentType: top.mediaType)
            let failure = await failure { try await client.put(document, as: .tag("v1"), in: name("a")) }
            #expect(failure?.kind == kind)
        }
    }
}

import HTTP
import Lab
import OCI
import Registry
import Testing

@Suite("Manifests", .timeLimit(.minutes(3))) struct ManifestTests {
    private static let registry = Result { try DockerRegistry() }
    private let name = RepositoryName.named

    private static let images: [@Sendable (String) throws -> MadeImage] = [
        { try ImageMaker().image($0, "v1") },
        { try ImageMaker(Shape { $0.media = .docker }).image($0, "v1") },
        { try ImageMaker(Shape { $0.platforms = ["linux/amd64", "linux/arm64/v8"] }).image($0, "v1") },
        {
            let shape = Shape {
                $0.platforms = ["linux/amd64", "linux/arm64"]
                $0.media = .docker
            }
            return try ImageMaker(shape).image($0, "v1")
        }, { try ImageMaker().nestedIndex($0, "v1") }, { ImageMaker().artifact($0, "v1") },
        { ImageMaker().emptyBlob($0, "v1") },
    ]

    @Test("travel byte for byte, by tag and by digest", arguments: 0..<7)
    func travel(number: Int) async throws {
        let registry = try Self.registry.get()
        let image = try Self.images[number]("travel/i\(number)")
        try Seeder(registry.endpoint).push(image)
        let client = try ClientLab(registry.url).client
        let repository = try name(image.repository)
        let top = try #require(image.manifests.last)
        for reference in [try Reference.tag("v1"), try .digest(top.digest)] {
            let held = try #require(try await client.manifest(reference, in: repository))
            #expect(held.bytes == top.bytes && held.digest.description == top.digest)
            #expect(held.mediaType.rawValue == top.mediaType)
            #expect(try await client.resolve(reference, in: repository) == held.descriptor)
        }
    }

    @Test("that still stand for what is known are answered without being read")
    func compare() async throws {
        let registry = try Self.registry.get()
        let image = try ImageMaker().image("compare/a", "v1")
        try Seeder(registry.endpoint).push(image)
        let (proxy, repository) = (try CountingProxy(to: registry.endpoint), try name(image.repository))
        let client = try ClientLab(proxy.url).client
        let digest = try Digest(try #require(image.manifests.last).digest)
        let other = Digest(hashing: [1], by: .sha256)
        let tag = try Tag("v1")
        #expect(try await client.resolve(tag, in: repository, knowing: digest)?.digest == digest)
        #expect(try await client.resolve(tag, in: repository, knowing: other)?.digest == digest)
        #expect(try await client.resolve(Tag("v2"), in: repository, knowing: digest) == nil)
        let statuses = proxy.counts.kinds["HEAD manifest by tag"]?.statuses
        #expect(statuses == ["304": 1, "200": 1, "404": 1])
    }

    @Test("of a hostile kind are named short and tame")
    func hostileKind() async throws {
        let kind = #"\u001b]0;ahoy\u0007\u202e"# + String(repeating: "x", count: 1 << 20)
        for body in [#"{"schemaVersion":2,"mediaType":"\#(kind)"}"#, #"{"schemaVersion":"\#(kind)"}"#] {
            let registry = try ScriptedRegistry { _ in
                ScriptedResponse(200, headers: ["Content-Type": "application/json"], body: body)
            }
            let client = try ClientLab(registry.url).client
            let failure = await failure { try await client.manifest(.tag("v1"), in: name("a")) }
            let text = try #require(failure?.description)
            #expect(text.unicodeScalars.count < 500)
            #expect(!text.unicodeScalars.contains { $0.value < 32 || $0.value == 0x202e })
        }
    }

    @Test("are stored as they came, found under both names, and removed", arguments: 0..<7)
    func store(number: Int) async throws {
        let registry = try Self.registry.get()
        let image = try Self.images[number]("store/i\(number)")
        let client = try ClientLab(registry.url).client
        let repository = try name(image.repository)
        let seeder = Seeder(registry.endpoint)
        for blob in image.blobs { try seeder.push(blob, to: image.repository) }
        for made in image.manifests {
            let document = try ManifestDocument(bytes: made.bytes, contentType: made.mediaType)
            try await client.put(document, as: .digest(made.digest), in: repository)
        }
        let top = try #require(image.manifests.last)
        let document = try ManifestDocument(bytes: top.bytes, contentType: top.mediaType)
        try await client.put(document, as: .tag("new"), in: repository)
        let raw = try RawClient(registry.endpoint).send(
            "GET", "/v2/\(repository)/manifests/new", headers: ["Accept": top.mediaType])
        #expect(raw.body == top.bytes && raw.headers["Content-Type"] == top.mediaType)
        try await client.deleteManifest(document.digest, in: repository)
        try await client.deleteManifest(document.digest, in: repository)
        #expect(try await client.resolve(.tag("new"), in: repository) == nil)
    }

    @Test("with a foreign layer travel without it")
    func foreignLayer() async throws {
        let image = try ImageMaker().foreignLayer("a", "v1")
        let (registry, copy) = try (ScriptedRegistry(), ScriptedRegistry())
        try registry.hold(image)
        let held = try #require(try await ClientLab(registry.url).client.manifest(.tag("v1"), in: name("a")))
        #expect(Set(held.blobs.map(\.digest.description)) == Set(image.blobs.map(\.digest)))
        let client = try ClientLab(copy.url).client
        for blob in image.blobs {
            _ = try await client.putBlob(
                blob.described, from: .bytes(blob.bytes), in: name("a"), mounting: nil)
        }
        try await client.put(held, as: .tag("v1"), in: name("a"))
        #expect(copy.manifest("v1", in: "a") == image.manifests.last?.bytes)
    }

    @Test("that are not there are nothing")
    func absent() async throws {
        let client = try ClientLab(Self.registry.get().url).client
        let nowhere = try Reference.digest("sha256:" + String(repeating: "0", count: 64))
        for reference in [try Reference.tag("none"), nowhere] {
            #expect(try await client.resolve(reference, in: name("absent/a")) == nil)
            #expect(try await client.manifest(reference, in: name("absent/a")) == nil)
        }
    }

    @Test("whose parts are missing are refused, and it is told of what")
    func missingParts() async throws {
        let client = try ClientLab(Self.registry.get().url).client
        let made = try #require(try ImageMaker(Shape { $0.seed = 99 }).image().manifests.last)
        let document = try ManifestDocument(bytes: made.bytes, contentType: made.mediaType)
        let failure = await failure { try await client.put(document, as: .tag("v1"), in: name("missing/a")) }
        #expect(failure?.kind == .contentMissing)
        #expect(failure?.description.contains("cannot put manifest missing/a:v1 at") == true)
        #expect(failure?.detail.contains("MANIFEST_BLOB_UNKNOWN") == true)
    }

    @Test("by sha512, where a registry knows it")
    func sha512() async throws {
        let registry = try ScriptedRegistry()
        let image = try ImageMaker(Shape { $0.algorithm = .sha512 }).image("a", "v1")
        try registry.hold(image)
        let client = try ClientLab(registry.url).client
        let held = try #require(try await client.manifest(.digest(image.digest), in: name("a")))
        #expect(held.digest.description == image.digest && held.digest.algorithm == .sha512)
        #expect(try await client.resolve(.tag("v1"), in: name("a"))?.digest == held.digest)
        #expect(try await client.manifest(.tag("v1"), in: name("a"))?.digest == held.digest)
        let copy = try ScriptedRegistry(RegistryKnobs { $0.checksParts = false })
        try await ClientLab(copy.url).client.put(held, as: .digest(held.digest), in: name("a"))
        #expect(copy.manifest(image.digest, in: "a") == held.bytes)
    }

    @Test("are asked for by one and the same field in HEAD and GET")
    func accept() async throws {
        let registry = try ScriptedRegistry()
        try registry.hold(ImageMaker().image("a", "v1"))
        let client = try ClientLab(registry.url).client
        _ = try await client.resolve(.tag("v1"), in: name("a"))
        _ = try await client.manifest(.tag("v1"), in: name("a"))
        let fields = registry.requests.map {
            $0.headers.fields.filter { $0.name.lowercased() == "accept" }.map(\.value)
        }
        #expect(fields.count == 2 && fields[0].count == 1 && fields[0] == fields[1])
        for type in MediaType.manifests { #expect(fields[0][0].contains(type.rawValue)) }
    }

    @Test("without a digest field are fetched and hashed, from then on without a HEAD")
    func noDigestField() async throws {
        let registry = try ScriptedRegistry(RegistryKnobs { $0.saysDigest = false })
        let image = try ImageMaker().image("a", "v1")
        try registry.hold(image)
        let client = try ClientLab(registry.url).client
        for _ in 0..<3 {
            #expect(try await client.resolve(.tag("v1"), in: name("a"))?.digest.description == image.digest)
        }
        #expect(registry.requests.map(\.method) == ["HEAD", "GET", "GET", "GET"])
        #expect(try await client.resolve(.tag("none"), in: name("a")) == nil)
        let found = try await client.resolve(.digest(image.digest), in: name("a"))
        #expect(found?.digest.description == image.digest && registry.requests.last?.method == "HEAD")
    }

    @Test("that change on the way are fetched again, and given up with a reason")
    func wrongBytes() async throws {
        let registry = try Self.registry.get()
        let image = try ImageMaker().image("wrong/a", "v1")
        try Seeder(registry.endpoint).push(image)
        let proxy = try CountingProxy(to: registry.endpoint) {
            $0.number == 1 ? .response(.corrupt(at: 3)) : .pass
        }
        let lab = try ClientLab(proxy.url)
        #expect(
            try await lab.client.manifest(.tag("v1"), in: name("wrong/a"))?.digest.description == image.digest
        )
        #expect(lab.waits.count == 1)
        proxy.setHook { _ in .response(.corrupt(at: 40)) }
        for reference in [try Reference.tag("v1"), try .digest(image.digest)] {
            let failure = await failure { try await lab.client.manifest(reference, in: name("wrong/a")) }
            #expect(failure?.kind == .wrongBytes && failure?.isTransient == true)
        }
    }

    @Test("a HEAD that names another digest than was asked is not believed")
    func otherDigest() async throws {
        let registry = try ScriptedRegistry()
        let (mine, other) = (try ImageMaker().image("a", "v1"), ImageMaker().artifact("a", "v2"))
        try registry.hold(mine)
        registry.setScript { _ in ScriptedResponse(200, headers: ["Docker-Content-Digest": other.digest]) }
        let failure = await failure {
            try await ClientLab(registry.url).client.resolve(.digest(mine.digest), in: name("a"))
        }
        #expect(failure?.kind == .wrongBytes)
    }

    @Test("a digest that is none is told")
    func badDigest() async throws {
        let registry = try ScriptedRegistry { _ in
            ScriptedResponse(200, headers: ["Docker-Content-Digest": "md5:\u{1B}"])
        }
        let failure = await failure {
            try await ClientLab(registry.url).client.resolve(.tag("a"), in: name("a"))
        }
        #expect(failure?.kind == .malformed && failure?.detail.contains("\u{1B}") == false)
        #expect(failure?.detail.hasPrefix("its Docker-Content-Digest says") == true)
    }

    @Test("of more than 4 MiB are not taken in")
    func giant() async throws {
        let registry = try ScriptedRegistry { _ in
            ScriptedResponse(200, body: [UInt8](repeating: 32, count: 4 << 20 + 1))
        }
        let failure = await failure {
            try await ClientLab(registry.url).client.manifest(.tag("a"), in: name("a"))
        }
        #expect(failure?.kind == .tooLarge && failure?.isTransient == false)
        #expect(failure?.detail.hasPrefix("more than 4194304 bytes") == true)
    }

    @Test("of the first schema, or of no schema, are told")
    func unsupported() async throws {
        for (body, kind) in [
            (#"{"schemaVersion":1,"fsLayers":[]}"#, RegistryError.Kind.unsupported), ("<html>", .malformed),
            ("", .malformed),
        ] {
            let registry = try ScriptedRegistry { _ in ScriptedResponse(200, body: body) }
            let failure = await failure {
                try await ClientLab(registry.url).client.manifest(.tag("a"), in: name("a"))
            }
            #expect(failure?.kind == kind)
        }
    }
}

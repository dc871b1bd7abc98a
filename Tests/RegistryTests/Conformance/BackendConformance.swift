import OCI
import Registry
import Testing

/// What every backend must do, checked through its protocol alone: in memory and against real registries.
struct BackendConformance {
    let backend: any Backend
    /// What the place can do beyond the least.
    var abilities = Abilities()
    private let images: ConformanceImages
    private let home: RepositoryName
    private let neighbour: RepositoryName
    private let nowhere: RepositoryName

    /// Which checks make sense for a place.
    struct Abilities {
        var listsRepositories = true
        var mounts = true
        var deletes = true
    }

    /// - Parameter name: a name that makes the repositories of this run its own.
    init(_ backend: any Backend, abilities: Abilities = Abilities(), name: String = "conformance") throws {
        self.backend = backend
        self.abilities = abilities
        images = try ConformanceImages(salt: name)
        home = try RepositoryName("\(name)/home")
        neighbour = try RepositoryName("\(name)/neighbour")
        nowhere = try RepositoryName("\(name)/nowhere")
    }

    /// Runs every check, in an order in which each stands on those before.
    func run() async throws {
        try await absentRepository()
        try await blobs()
        try await wrongBytes()
        try await missingContent()
        try await manifests()
        try await lists()
        if abilities.mounts { try await mounts() }
        if abilities.deletes { try await deletes() }
    }

    private func absentRepository() async throws {
        let digest = images.image.digest
        #expect(try await backend.tags(in: nowhere) == .absent)
        #expect(try await backend.resolve(.tag(Tag("v1")), in: nowhere) == nil)
        #expect(try await backend.resolve(.digest(digest), in: nowhere) == nil)
        #expect(try await backend.manifest(.tag(Tag("v1")), in: nowhere) == nil)
        #expect(try await backend.manifest(.digest(digest), in: nowhere) == nil)
        #expect(try await !backend.hasBlob(Digest(hashing: images.layer), in: nowhere))
    }

    private func blobs() async throws {
        for bytes in [images.config, images.layer, images.empty] {
            let blob = ConformanceImages.descriptor(of: bytes)
            #expect(try await !backend.hasBlob(blob.digest, in: home))
            #expect(
                try await backend.putBlob(blob, from: .bytes(bytes), in: home, mounting: nil) == .uploaded)
            #expect(try await backend.hasBlob(blob.digest, in: home))
        }
        let layer = ConformanceImages.descriptor(of: images.layer)
        _ = try await backend.putBlob(layer, from: .bytes(images.layer), in: home, mounting: nil)
        #expect(try await backend.hasBlob(layer.digest, in: home), "a blob that is there can be sent again")
    }

    private func wrongBytes() async throws {
        let promised = ConformanceImages.descriptor(of: Array("what was promised".utf8))
        await fails("wrong bytes", with: [.wrongBytes, .refused]) {
            _ = try await backend.putBlob(
                promised, from: .bytes(Array("what was prosimed".utf8)), in: home, mounting: nil)
        }
        #expect(try await !backend.hasBlob(promised.digest, in: home))
        await fails("a manifest under a foreign digest", with: [.wrongBytes, .refused]) {
            try await backend.put(images.image, as: .digest(images.other.digest), in: home)
        }
    }

    private func missingContent() async throws {
        await fails("an image whose blobs are missing", with: [.contentMissing]) {
            try await backend.put(images.image, as: .tag(Tag("early")), in: nowhere)
        }
        await fails("an index whose image is missing", with: [.contentMissing]) {
            try await backend.put(images.index, as: .tag(Tag("early")), in: home)
        }
        #expect(try await backend.resolve(.tag(Tag("early")), in: home) == nil)
    }

    private func manifests() async throws {
        let (first, moving) = (Reference.digest(images.image.digest), Reference.tag(try Tag("moving")))
        try await backend.put(images.image, as: first, in: home)
        try await isThere(images.image, as: first)
        try await backend.put(images.image, as: moving, in: home)
        try await isThere(images.image, as: moving)
        try await backend.put(images.other, as: moving, in: home)
        try await isThere(images.other, as: moving)
        try await isThere(images.image, as: first)
        try await backend.put(images.index, as: .tag(Tag("index")), in: home)
        try await isThere(images.index, as: .tag(Tag("index")))
        #expect(try await backend.resolve(.tag(Tag("absent")), in: home) == nil)
    }

    private func isThere(_ manifest: ManifestDocument, as reference: Reference) async throws {
        let held = try await backend.resolve(reference, in: home)
        #expect(held?.digest == manifest.digest)
        #expect(held?.size == Int64(manifest.bytes.count))
        #expect(held?.mediaType == manifest.mediaType)
        #expect(
            try await backend.manifest(reference, in: home)?.bytes == manifest.bytes,
            "its bytes are unchanged")
    }

    private func lists() async throws {
        #expect(try await Set(backend.tags(in: home).tags) == ["moving", "index"])
        if abilities.listsRepositories {
            #expect(try await backend.repositories().contains(home))
        } else {
            await fails("listing repositories", with: [.unsupported]) { _ = try await backend.repositories() }
        }
    }

    private func mounts() async throws {
        let layer = ConformanceImages.descriptor(of: images.layer)
        let mounted = try await backend.putBlob(
            layer, from: .bytes(images.layer), in: neighbour, mounting: home)
        #expect(mounted == .mounted)
        #expect(try await backend.hasBlob(layer.digest, in: neighbour))
        let fresh = Array("no neighbour has this".utf8) + images.layer
        let lone = ConformanceImages.descriptor(of: fresh)
        let sent = try await backend.putBlob(lone, from: .bytes(fresh), in: neighbour, mounting: home)
        #expect(sent == .uploaded, "a mount from where the blob is not ends in an upload")
        #expect(try await backend.hasBlob(lone.digest, in: neighbour))
    }

    private func deletes() async throws {
        try await backend.deleteManifest(images.other.digest, in: home)
        #expect(try await backend.resolve(.tag(Tag("moving")), in: home) == nil)
        #expect(try await backend.resolve(.digest(images.other.digest), in: home) == nil)
        #expect(try await backend.tags(in: home).tags == ["index"])
        try await backend.deleteManifest(images.other.digest, in: home)
        try await isThere(images.image, as: .digest(images.image.digest))
    }

    private func fails(
        _ what: Comment, with kinds: [RegistryError.Kind], _ body: () async throws -> Void
    ) async {
        do {
            try await body()
            Issue.record("\(what) should be refused")
        } catch let error as RegistryError {
            #expect(kinds.contains(error.kind), "\(what): \(error)")
        } catch {
            Issue.record(error, what)
        }
    }
}

import OCI
import Registry
import Testing

@Suite("MemoryRegistry") struct MemoryRegistryTests {
    @Test("does what every backend must")
    func conforms() async throws {
        try await BackendConformance(MemoryRegistry()).run()
    }

    @Test("does it without mounts and without a catalog")
    func conformsWithLess() async throws {
        var options = MemoryRegistry.Options()
        options.mounts = false
        options.listsRepositories = false
        let registry = MemoryRegistry(options: options)
        try await BackendConformance(
            registry, abilities: .init(listsRepositories: false, mounts: false)
        ).run()
        let (home, neighbour) = (try RepositoryName("conformance/home"), try RepositoryName("else"))
        let layer = Array("a layer of conformance".utf8)
        let arrival = try await registry.putBlob(
            ConformanceImages.descriptor(of: layer), from: .bytes(layer), in: neighbour, mounting: home)
        #expect(arrival == .uploaded)
    }

    @Test("remembers calls, and hands a blob to another place when that asks")
    func remembers() async throws {
        let (source, destination) = (MemoryRegistry(place: "a.test"), MemoryRegistry(place: "b.test"))
        let repository = try RepositoryName("team/app")
        let digest = await source.store([1, 2, 3], in: repository)
        let body = source.blob(digest, in: repository)
        #expect(await source.calls.isEmpty)
        let blob = ConformanceImages.descriptor(of: [1, 2, 3])
        #expect(try await destination.putBlob(blob, from: body, in: repository, mounting: nil) == .uploaded)
        #expect(await source.calls == [.readBlob(digest, repository)])
        #expect(await destination.calls == [.putBlob(digest, repository, mounting: nil)])
    }

    @Test("fails before or after a call is done, as it is told")
    func interferes() async throws {
        let registry = MemoryRegistry()
        let repository = try RepositoryName("team/app")
        let blob = ConformanceImages.descriptor(of: [7])
        let failing: MemoryRegistry.Interference = { call throws(RegistryError) in
            guard call.isWrite else { return }
            throw RegistryError(.unavailable, at: "memory.test", while: "upload blob", "team/app")
        }
        await registry.before(failing)
        await #expect(throws: RegistryError.self) {
            try await registry.putBlob(blob, from: .bytes([7]), in: repository, mounting: nil)
        }
        #expect(try await !registry.hasBlob(blob.digest, in: repository))
        await registry.before(nil)
        await registry.after(failing)
        await #expect(throws: RegistryError.self) {
            try await registry.putBlob(blob, from: .bytes([7]), in: repository, mounting: nil)
        }
        #expect(try await registry.hasBlob(blob.digest, in: repository))
    }

    @Test("tells a failure of the source as the source's")
    func tellsTheSide() async throws {
        let (source, destination) = (MemoryRegistry(place: "a.test"), MemoryRegistry(place: "b.test"))
        let repository = try RepositoryName("team/app")
        let blob = ConformanceImages.descriptor(of: [7])
        do {
            _ = try await destination.putBlob(
                blob, from: source.blob(blob.digest, in: repository), in: repository, mounting: nil)
            Issue.record("a blob that nobody has can't be put")
        } catch {
            #expect(error.side == .source)
            #expect(error.kind == .notFound)
            #expect(error.place == "a.test")
        }
    }

    @Test("keeps a tag for ever where it is told to")
    func isImmutable() async throws {
        var options = MemoryRegistry.Options()
        options.immutableTags = true
        let registry = MemoryRegistry(options: options)
        let (repository, images) = (try RepositoryName("team/app"), try ConformanceImages(salt: "x"))
        for bytes in [images.config, images.layer, images.empty] {
            await registry.store(bytes, in: repository)
        }
        try await registry.put(images.image, as: .tag(Tag("v1")), in: repository)
        for manifest in [images.image, images.other] {
            do {
                try await registry.put(manifest, as: .tag(Tag("v1")), in: repository)
                Issue.record("the tag is immutable")
            } catch let error as RegistryError { #expect(error.kind == .immutable) }
        }
    }
}

import OCI

extension MemoryRegistry {
    /// The repositories that were ever given a manifest, sorted.
    public func repositories() async throws(RegistryError) -> [RepositoryName] {
        try await answer(.repositories) { () throws(RegistryError) in
            guard options.listsRepositories else { throw error(.unsupported, .repositories) }
            return contents.filter(\.value.isKnown).keys.sorted()
        }
    }

    /// A repository's tags, sorted.
    public func tags(in repository: RepositoryName) async throws(RegistryError) -> TagListing {
        try await answer(.tags(repository)) {
            guard let held = contents[repository], held.isKnown else { return .absent }
            return .tags(held.tags.keys.map(\.description).sorted())
        }
    }

    /// What a tag or digest stands for.
    public func resolve(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> Descriptor?
    {
        try await answer(.resolve(reference, repository)) { find(reference, in: repository)?.descriptor }
    }

    /// A manifest, as it came.
    public func manifest(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> ManifestDocument?
    {
        try await answer(.manifest(reference, repository)) { () throws(RegistryError) in
            try countPull(.manifest(reference, repository))
            return find(reference, in: repository)
        }
    }

    /// Stores a manifest of which everything is there.
    public func put(_ manifest: ManifestDocument, as reference: Reference, in repository: RepositoryName)
        async throws(RegistryError)
    {
        let call = Call.put(reference, repository)
        try await answer(call) { () throws(RegistryError) in
            if let digest = reference.digest, Digest(hashing: manifest.bytes, by: digest.algorithm) != digest
            {
                throw error(.wrongBytes, call, "the manifest hashes to \(manifest.digest)")
            }
            if let missing = missing(of: manifest, in: repository) {
                throw error(.contentMissing, call, "the repository lacks \(missing)")
            }
            if options.immutableTags, reference.digest == nil, find(reference, in: repository) != nil {
                throw error(.immutable, call)
            }
            store(manifest, as: reference, in: repository)
        }
    }

    /// Removes a manifest and every tag on it.
    public func deleteManifest(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) {
        try await answer(.deleteManifest(digest, repository)) { remove(digest, in: repository) }
    }

    /// Whether a repository holds a blob.
    public func hasBlob(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) -> Bool {
        try await answer(.hasBlob(digest, repository)) { contents[repository]?.blobs[digest] != nil }
    }

    /// Which of some blobs a repository holds.
    public func hasBlobs(_ digests: [Digest], in repository: RepositoryName) async throws(RegistryError)
        -> Set<Digest>
    {
        try await answer(.hasBlobs(digests, repository)) {
            Set(digests.filter { contents[repository]?.blobs[$0] != nil })
        }
    }

    /// As many as real ones take.
    public nonisolated var largestBlobBatch: Int { 100 }

    /// A blob of this registry; it is read when another place stores it.
    public nonisolated func blob(_ digest: Digest, in repository: RepositoryName) -> BlobBody {
        .whole { () async throws(RegistryError) in try await self.readBlob(digest, in: repository) }
    }

    /// A blob's bytes.
    public func readBlob(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError)
        -> [UInt8]
    {
        let call = Call.readBlob(digest, repository)
        return try await answer(call) { () throws(RegistryError) in
            guard let bytes = contents[repository]?.blobs[digest] else { throw error(.notFound, call) }
            return bytes
        }
    }

    /// Stores a blob: mounted where a neighbour is named that has it, else read from where it is.
    public func putBlob(
        _ blob: Descriptor, from body: BlobBody, in repository: RepositoryName,
        mounting neighbour: RepositoryName?
    ) async throws(RegistryError) -> BlobArrival {
        let call = Call.putBlob(blob.digest, repository, mounting: neighbour)
        try await begin(call)
        if options.mounts, let neighbour, let bytes = contents[neighbour]?.blobs[blob.digest] {
            contents[repository, default: Repository()].blobs[blob.digest] = bytes
            try await end(call)
            return .mounted
        }
        let bytes = try await read(blob, from: body)
        guard bytes.count == blob.size else { throw error(.wrongBytes, call, "\(bytes.count) bytes came") }
        let sum = Digest(hashing: bytes, by: blob.digest.algorithm)
        guard sum == blob.digest else { throw error(.wrongBytes, call, "what came hashes to \(sum)") }
        contents[repository, default: Repository()].blobs[blob.digest] = bytes
        try await end(call)
        return .uploaded
    }

    private func read(_ blob: Descriptor, from body: BlobBody) async throws(RegistryError) -> [UInt8] {
        switch body {
        case .bytes(let bytes): return bytes
        case .whole(let read):
            do throws(RegistryError) { return try await read() } catch { throw error.on(.source) }
        case .remote(let client, let repository):
            do throws(RegistryError) {
                return try await client.readBlob(blob.digest, in: repository, most: Int(clamping: blob.size))
            } catch { throw error.on(.source) }
        case .file(let file): return try await file.bytes(size: blob.size)
        }
    }
}

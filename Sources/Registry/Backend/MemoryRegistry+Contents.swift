import OCI

extension MemoryRegistry {
    /// What every tag stands for, by repository; a repository without tags is left out.
    public var holdings: [RepositoryName: [Tag: Digest]] {
        contents.mapValues(\.tags).filter { !$0.value.isEmpty }
    }

    /// Stores a blob past all checks, unrecorded; returns its digest.
    @discardableResult
    public func store(_ bytes: [UInt8], in repository: RepositoryName) -> Digest {
        let digest = Digest(hashing: bytes)
        contents[repository, default: Repository()].blobs[digest] = bytes
        return digest
    }

    /// Stores a manifest past all checks, unrecorded; a tag that stands for another one moves.
    public func store(_ manifest: ManifestDocument, as reference: Reference, in repository: RepositoryName) {
        var held = contents[repository, default: Repository()]
        held.isKnown = true
        held.manifests[reference.digest ?? manifest.digest] = manifest
        if case .tag(let tag) = reference { held.tags[tag] = manifest.digest }
        contents[repository] = held
    }

    /// Loses a blob, or a manifest and its tags, unrecorded, whatever needs it.
    public func remove(_ digest: Digest, in repository: RepositoryName) {
        contents[repository]?.blobs[digest] = nil
        contents[repository]?.manifests[digest] = nil
        let tags = contents[repository]?.tags.filter { $0.value != digest }
        if let tags { contents[repository]?.tags = tags }
    }

    func find(_ reference: Reference, in repository: RepositoryName) -> ManifestDocument? {
        guard let held = contents[repository] else { return nil }
        switch reference {
        case .digest(let digest): return held.manifests[digest]
        case .tag(let tag): return held.tags[tag].flatMap { held.manifests[$0] }
        }
    }

    /// The first thing that a manifest names and that the repository lacks.
    func missing(of manifest: ManifestDocument, in repository: RepositoryName) -> Digest? {
        let held = contents[repository] ?? Repository()
        return manifest.blobs.map(\.digest).first { held.blobs[$0] == nil }
            ?? manifest.children.map(\.digest).first { held.manifests[$0] == nil }
    }
}

import OCI

extension LayoutFolder {
    /// Stores a manifest: its bytes as a blob, and for a tag an entry in the index. As at a registry, what it names
    /// must be there (distribution-spec, "Pushing manifests").
    public func put(_ manifest: ManifestDocument, as reference: Reference, in repository: RepositoryName)
        async throws(RegistryError)
    {
        let purpose = purpose("put manifest", reference, repository)
        let digest = reference.digest ?? manifest.digest
        guard Digest(hashing: manifest.bytes, by: digest.algorithm) == digest else {
            throw failure(DiskError(.wrongBytes, "the manifest hashes to \(manifest.digest)"), purpose)
        }
        try await sweepOnce(repository, purpose)
        try await perform(purpose) { [root, settings] () throws(DiskError) in
            let layout = try LayoutRepository.make(repository, below: root)
            try layout.checkContent(of: manifest)
            guard try layout.rightBytes(digest) == nil else { return }
            try layout.write(manifest.bytes, as: digest, settings.passing)
        }
        guard case .tag(let tag) = reference else { return }
        try await setTag(tag, to: manifest.descriptor, in: repository, purpose)
    }

    /// Lets a tag stand for a manifest. What would make the index larger than one that is read is refused: neither
    /// davit nor others could use it any more.
    private func setTag(
        _ tag: Tag, to manifest: Descriptor, in repository: RepositoryName, _ purpose: Purpose
    ) async throws(RegistryError) {
        let most = settings.largestIndex
        try await changeIndex(of: repository, purpose) { [root] index throws(DiskError) in
            let size = index.size(with: tag, for: manifest)
            guard size <= most else {
                let path = "\(root)/\(repository)/\(LayoutRepository.indexName)"
                throw DiskError(
                    .tooLarge,
                    "\(path) would have \(size) bytes, and none of more than \(most) is read; take tags out of it "
                        + "that nobody needs, or let the rule write some to another repository")
            }
            return index.set(tag, to: manifest)
        }
    }

    /// Removes a manifest and every entry of the index that names it; a missing one is no error.
    public func deleteManifest(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) {
        let purpose = purpose("delete manifest", .digest(digest), repository)
        guard try await index(of: repository, purpose) != nil else { return }
        try await changeIndex(of: repository, purpose) { $0.remove(digest) }
        try await perform(purpose) { [root] () throws(DiskError) in
            try LayoutRepository.open(repository, below: root)?.removeBlob(digest)
        }
    }

    /// Takes away, once for each repository, what writers that died have left there.
    func sweepOnce(_ repository: RepositoryName, _ purpose: Purpose) async throws(RegistryError) {
        guard await turns.isUnswept(repository) else { return }
        try await perform(purpose) { [root] () throws(DiskError) in
            try LayoutRepository.open(repository, below: root)?.sweep()
        }
    }
}

extension LayoutRepository {
    /// Throws where something that a manifest names is not there.
    fileprivate func checkContent(of manifest: ManifestDocument) throws(DiskError) {
        for named in manifest.blobs + manifest.children {
            guard let size = try size(of: named.digest) else {
                throw DiskError(.contentMissing, "the repository lacks \(named.digest)")
            }
            if size != named.size { try judge(named, size) }
        }
    }

    /// A blob of another size than promised is damaged, and taken away to be brought anew, or the promise is wrong.
    private func judge(_ named: Descriptor, _ size: Int64) throws(DiskError) {
        guard let file = try file(of: named.digest), try named.digest.fits(file) else {
            try removeBlob(named.digest)
            throw DiskError(
                .contentMissing, "the repository's \(named.digest) was damaged, and is taken away")
        }
        throw DiskError(
            .malformed, "the manifest gives \(named.digest) \(named.size) bytes, and it has \(size)")
    }

    /// Writes bytes from memory as a blob.
    fileprivate func write(
        _ bytes: [UInt8], as digest: Digest, _ passing: (WritePoint) throws(DiskError) -> Void
    ) throws(DiskError) {
        let draft = try Draft(in: try ownFolder())
        do throws(DiskError) {
            try passing(.blobBegun)
            try draft.file.write(bytes)
            try passing(.blobWritten)
            try draft.file.sync()
            try passing(.blobSynced)
            try draft.place(in: try madeBlobFolder(digest), as: digest.hex)
        } catch {
            draft.discard()
            throw error
        }
        try passing(.blobPlaced)
    }
}

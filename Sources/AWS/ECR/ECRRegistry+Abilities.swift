import OCI
import Registry

extension ECRRegistry: MountingBackend {
    /// Blobs that a manifest of the other repository names, where the account has that turned on.
    public var mounting: Mounting { get async { await askMounting() } }
}

extension ECRRegistry: BlobBatchBackend {
    /// Which blobs a repository can hand out.
    public func hasBlobs(_ digests: [Digest], in repository: RepositoryName) async throws(RegistryError)
        -> Set<Digest>
    {
        try await telling("look for blobs", repository.description) { () async throws(AWSError) in
            try await ecr.availableLayers(digests, in: repository)
        }
    }

    /// As many as the service takes at once.
    public var largestBlobBatch: Int { 100 }
}

extension ECRRegistry: ManifestBatchBackend {
    /// Manifests by their digests. What does not come is left to be asked for by itself.
    public func manifests(_ digests: [Digest], in repository: RepositoryName) async throws(RegistryError)
        -> [Digest: ManifestDocument]
    {
        let answers = try await telling("read manifests", repository.description) {
            () async throws(AWSError) in try await ecr.manifests(digests, in: repository)
        }
        var found: [Digest: ManifestDocument] = [:]
        for answer in answers {
            guard let wanted = answer.imageId?.imageDigest.flatMap({ try? Digest($0) }),
                let text = answer.imageManifest,
                let document = try? ManifestDocument(
                    bytes: Array(text.utf8), contentType: answer.imageManifestMediaType,
                    algorithm: wanted.algorithm),
                document.digest == wanted
            else { continue }
            found[wanted] = document
        }
        return found
    }

    /// As many as the service takes at once.
    public var largestManifestBatch: Int { 100 }
}

extension ECRRegistry: ReferrersBackend {
    /// What hangs on a manifest, by the registry's own API.
    public func referrers(of subject: Digest, in repository: RepositoryName, type: String?)
        async throws(RegistryError) -> ReferrerListing
    {
        try await client.referrers(of: subject, in: repository, type: type)
    }

    /// Stores a manifest that has a subject.
    public func putReferrer(_ manifest: ManifestDocument, in repository: RepositoryName)
        async throws(RegistryError) -> Bool
    {
        try await client.putReferrer(manifest, in: repository)
    }
}

extension ECRRegistry: ListedBackend {
    /// The registry, with what its lists tell.
    public func recalling() -> any RecallingBackend { ECRRecall(self) }
}

import OCI

/// A place that can be asked for many manifests at once.
public protocol ManifestBatchBackend: Backend {
    /// Manifests by their digests, with their bytes, checked; one that is not there is left out.
    func manifests(_ digests: [Digest], in repository: RepositoryName) async throws(RegistryError)
        -> [Digest: ManifestDocument]

    /// How many may be asked for at once.
    var largestManifestBatch: Int { get }
}

import OCI

/// A place that can be asked for many blobs at once.
public protocol BlobBatchBackend: Backend {
    /// Which of these blobs a repository holds; whoever asks names no more than `largestBlobBatch`.
    func hasBlobs(_ digests: [Digest], in repository: RepositoryName) async throws(RegistryError) -> Set<
        Digest
    >

    /// How many blobs may be asked for at once.
    var largestBlobBatch: Int { get }
}

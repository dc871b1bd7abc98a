import OCI

extension MemoryRegistry {
    /// One thing that was asked of a registry.
    public enum Call: Sendable, Hashable {
        /// Its repositories.
        case repositories
        /// A repository's tags.
        case tags(RepositoryName)
        /// What a tag or digest stands for.
        case resolve(Reference, RepositoryName)
        /// A manifest.
        case manifest(Reference, RepositoryName)
        /// To store a manifest.
        case put(Reference, RepositoryName)
        /// To remove a manifest.
        case deleteManifest(Digest, RepositoryName)
        /// Whether a blob is there.
        case hasBlob(Digest, RepositoryName)
        /// Which of some blobs are there.
        case hasBlobs([Digest], RepositoryName)
        /// A blob's bytes.
        case readBlob(Digest, RepositoryName)
        /// To store a blob, by a mount from a neighbour where one is named.
        case putBlob(Digest, RepositoryName, mounting: RepositoryName?)

        /// True of what changes the registry.
        public var isWrite: Bool {
            switch self {
            case .put, .deleteManifest, .putBlob: true
            case .repositories, .tags, .resolve, .manifest, .hasBlob, .hasBlobs, .readBlob: false
            }
        }

        /// What is tried, as messages say it.
        var action: String {
            switch self {
            case .repositories: "list repositories"
            case .tags: "list tags"
            case .resolve: "look at"
            case .manifest: "read manifest"
            case .put: "put manifest"
            case .deleteManifest: "delete manifest"
            case .hasBlob: "look for blob"
            case .hasBlobs: "look for blobs"
            case .readBlob: "read blob"
            case .putBlob: "upload blob"
            }
        }

        /// On what it is tried.
        var subject: String {
            switch self {
            case .repositories: "the registry"
            case .tags(let repository), .hasBlobs(_, let repository): "\(repository)"
            case .resolve(let reference, let repository), .manifest(let reference, let repository),
                .put(let reference, let repository):
                "\(repository)\(reference.digest == nil ? ":" : "@")\(reference)"
            case .deleteManifest(let digest, let repository), .hasBlob(let digest, let repository),
                .readBlob(let digest, let repository), .putBlob(let digest, let repository, _):
                "\(repository)@\(digest)"
            }
        }
    }
}

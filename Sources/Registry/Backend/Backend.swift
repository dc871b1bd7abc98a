import OCI

/// A place that holds images: what reconciling needs of it, and nothing more.
///
/// A new kind of place is one type with these methods; the conformance suite in the tests says whether it is right.
public protocol Backend: AbleBackend {
    /// Its canonical name (host and port, or `layout:` and a path) in plans, messages and ledgers.
    var place: String { get }

    /// The names of its repositories; throws `.unsupported` where the place does not tell them.
    func repositories() async throws(RegistryError) -> [RepositoryName]

    /// The tags of a repository, as the place spells them, in no order.
    func tags(in repository: RepositoryName) async throws(RegistryError) -> TagListing

    /// What a tag or digest stands for now, without its content; `nil` where there is none.
    func resolve(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> Descriptor?

    /// A manifest with its bytes, checked against its digest; `nil` where there is none.
    func manifest(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> ManifestDocument?

    /// Stores a manifest, as it came, under its digest or a tag. What it names must be there.
    func put(_ manifest: ManifestDocument, as reference: Reference, in repository: RepositoryName)
        async throws(RegistryError)

    /// Removes a manifest and every tag on it; a missing one is no error.
    func deleteManifest(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError)

    /// Whether a repository holds a blob.
    func hasBlob(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) -> Bool

    /// A blob of this place, to be handed to another place's `putBlob`.
    func blob(_ digest: Digest, in repository: RepositoryName) -> BlobBody

    /// Stores a blob, by a mount from a neighbour where one is named and the place agrees, else by its bytes.
    func putBlob(
        _ blob: Descriptor, from body: BlobBody, in repository: RepositoryName,
        mounting neighbour: RepositoryName?
    ) async throws(RegistryError) -> BlobArrival
}

/// A place that may say "still what you know" with less work than it takes to say what a tag stands for.
public protocol ComparingBackend: Backend {
    /// What a tag stands for now, as `resolve` tells it; where it is still `known`, its digest may be all that comes.
    func resolve(_ tag: Tag, in repository: RepositoryName, knowing known: Digest) async throws(RegistryError)
        -> Descriptor?
}

/// What a place says of a repository's tags.
public enum TagListing: Sendable, Equatable {
    /// There is no such repository.
    case absent
    /// Its tags; there may be none.
    case tags([String])

    /// The tags, none where there is no repository.
    public var tags: [String] {
        if case .tags(let tags) = self { tags } else { [] }
    }
}

/// Where a blob's bytes come from.
public enum BlobBody: Sendable {
    /// From memory: for small blobs and tests.
    case bytes([UInt8])
    /// From a place that hands it over whole, when it is needed.
    case whole(@Sendable () async throws(RegistryError) -> [UInt8])
    /// From a registry, streamed.
    case remote(DistributionClient, RepositoryName)
    /// From a file of an image layout.
    case file(LayoutBlob)

    /// True where the bytes move in a stream, and can be read from any place on.
    var isStreamed: Bool {
        switch self {
        case .remote, .file: true
        case .bytes, .whole: false
        }
    }
}

/// How a blob got where it is.
public enum BlobArrival: Sendable, Hashable {
    /// The place took it from a neighbouring repository; no byte moved.
    case mounted
    /// It was sent.
    case uploaded
    /// It was there already; nothing was done.
    case held
}

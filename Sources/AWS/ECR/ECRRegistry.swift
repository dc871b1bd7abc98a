import HTTP
import OCI
import Registry

/// An account's private registry in a region: bytes go through the registry's own API, and what it holds is told by
/// the service's, which knows more with fewer requests.
public final class ECRRegistry: Backend {
    let client: DistributionClient
    let ecr: ECR
    let settings: Settings
    private let opening: Opening
    private let mountingTurn = Slots(limit: 1)
    private let known = Known()

    /// How a registry is used.
    public struct Settings: Sendable {
        /// What a repository is like that a rule makes, by the rule's name; a rule that is not here makes it plain.
        public var repositories: [String: NewRepository] = [:]
        /// The account that the keys must belong to, before anything is written; `nil`: any.
        public var owner: String?
        /// The account's own settings are those of the registry; they can be asked for one's own account alone.
        public var isOwn = true
        /// Is told what a person should know.
        public var tell: @Sendable (String) -> Void = { _ in }

        /// Plain repositories, and keys of any account.
        public init() {}
    }

    /// What has been found out once for all.
    private actor Known {
        var mounting: Mounting?
        private var hasTold = false
        /// Repositories that were made here, and not in all that the manifests say of them.
        private(set) var halfMade: Set<RepositoryName> = []

        func begin(_ repository: RepositoryName) { halfMade.insert(repository) }
        func finish(_ repository: RepositoryName) { halfMade.remove(repository) }

        func note(_ mounting: Mounting) { self.mounting = mounting }

        func isFirst() -> Bool {
            defer { hasTold = true }
            return !hasTold
        }
    }

    /// - Parameters:
    ///   - client: the registry's own API, opened with an `ECRLogin`; of uploads that broke it must not believe how
    ///     far they have come (`Settings.resumes`).
    ///   - caller: tells whose the keys are.
    public init(
        client: DistributionClient, ecr: ECR, settings: Settings = Settings(),
        caller: @escaping @Sendable () async throws(AWSError) -> CallerIdentity
    ) {
        self.client = client
        self.ecr = ecr
        self.settings = settings
        opening = Opening(owner: settings.owner, place: client.place, caller: caller)
    }

    /// The registry's canonical name, wherever we connect.
    public var place: String { client.place }

    /// Throws where the keys belong to another account than the one that is written to.
    func checkOwner() async throws(RegistryError) { try await opening.check() }

    /// Tells that lists are forbidden: of all repositories that it is so for, the first.
    func tellOnce(_ text: String) async { if await known.isFirst() { settings.tell(text) } }

    // MARK: - Looking

    /// The names of its repositories.
    public func repositories() async throws(RegistryError) -> [RepositoryName] {
        try await described().repositories.compactMap { try? RepositoryName($0.repositoryName) }
    }

    /// The tags of a repository.
    public func tags(in repository: RepositoryName) async throws(RegistryError) -> TagListing {
        try await ECRShelf(repository, self).tags()
    }

    /// What a tag or digest stands for now.
    public func resolve(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> Descriptor?
    {
        try await client.resolve(reference, in: repository)
    }

    /// A manifest, checked.
    public func manifest(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> ManifestDocument?
    {
        try await client.manifest(reference, in: repository)
    }

    /// Whether a repository can hand out a blob.
    public func hasBlob(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) -> Bool {
        try await hasBlobs([digest], in: repository).contains(digest)
    }

    /// A blob, to be streamed into another place.
    public func blob(_ digest: Digest, in repository: RepositoryName) -> BlobBody {
        client.blob(digest, in: repository)
    }

    // MARK: - Writing

    /// Stores a manifest.
    public func put(_ manifest: ManifestDocument, as reference: Reference, in repository: RepositoryName)
        async throws(RegistryError)
    {
        try await client.put(manifest, as: reference, in: repository)
    }

    /// Removes a manifest; one that an index names stays (BatchDeleteImage does the same).
    public func deleteManifest(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) {
        try await client.deleteManifest(digest, in: repository)
    }

    /// Stores a blob.
    public func putBlob(
        _ blob: Descriptor, from body: BlobBody, in repository: RepositoryName,
        mounting neighbour: RepositoryName?
    ) async throws(RegistryError) -> BlobArrival {
        let mayMount = await mounting != .nothing
        return try await client.putBlob(
            blob, from: body, in: repository, mounting: mayMount ? neighbour : nil)
    }

    /// Makes a repository; one that somebody else has made meanwhile is as good.
    func create(_ repository: RepositoryName, for rule: String) async throws(RegistryError) {
        let new = settings.repositories[rule] ?? NewRepository()
        guard new.isMade else {
            throw RegistryError(
                .refused, at: place, while: "create repository", repository.description,
                detail: "there is none, and the manifests say createRepositories: false")
        }
        try await telling("create repository", repository.description) { () async throws(AWSError) in
            let isNew = try await ecr.create(repository, as: new)
            let isOurs = await isHalfMade(repository)
            guard isNew || isOurs else { return }
            await known.begin(repository)
            try await ecr.setPolicies(of: repository, as: new)
            await known.finish(repository)
        }
    }

    // MARK: - Parts

    /// All repositories with their settings, and how many requests that took.
    func described() async throws(RegistryError) -> (repositories: [ECR.Repository], requests: Int) {
        try await telling("list repositories", "of the registry") { () async throws(AWSError) in
            try await ecr.repositories()
        }
    }

    /// A repository with its settings; `nil` where there is none.
    func described(_ repository: RepositoryName) async throws(RegistryError) -> ECR.Repository? {
        try await telling("read the settings of", repository.description) { () async throws(AWSError) in
            try await ecr.repository(repository)
        }
    }

    /// A page of what a repository holds; `nil` where there is none.
    func images(in repository: RepositoryName, after token: String?) async throws(RegistryError)
        -> ECR.Page<ECR.Image>?
    {
        try await telling("list images", repository.description) { () async throws(AWSError) in
            try await ecr.images(in: repository, after: token)
        }
    }

    /// Runs a call to the service, whose failures are told as the registry's.
    func telling<Value>(
        _ action: String, _ subject: String, _ call: () async throws(AWSError) -> Value
    ) async throws(RegistryError) -> Value {
        do throws(AWSError) { return try await call() } catch {
            throw RegistryError(error, at: place, while: action, subject)
        }
    }

    /// True of a repository that was made here and lacks what could not be said of it then.
    func isHalfMade(_ repository: RepositoryName) async -> Bool { await known.halfMade.contains(repository) }

    // MARK: - Mounting

    /// What the account lets its repositories take over from each other (Amazon ECR User Guide, "Blob mounting").
    func askMounting() async -> Mounting {
        // It is tried then, and given up after some refusals.
        guard settings.isOwn else { return .committed }
        // Whoever is cancelled while it waits needs no answer.
        guard (try? await mountingTurn.take()) != nil else { return .nothing }
        if await known.mounting == nil { await known.note(await readMounting()) }
        await mountingTurn.give()
        return await known.mounting ?? .nothing
    }

    private func readMounting() async -> Mounting {
        do throws(AWSError) {
            return try await ecr.accountSetting("BLOB_MOUNTING") == "ENABLED" ? .committed : .nothing
        } catch {
            settings.tell(
                "\(place): each repository gets its own blobs, since it can't be known whether it mounts: \(error)"
            )
            return .nothing
        }
    }
}

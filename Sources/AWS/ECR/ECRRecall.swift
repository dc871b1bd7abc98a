import HTTP
import OCI
import Registry

/// A private registry for the time of one pass: what its lists have told answers for what would cost a request each.
///
/// A list tells what every tag stands for, which manifests are there without a tag, and what is about what
/// (DescribeImages, a thousand entries at once).
actor ECRRecall: RecallingBackend {
    nonisolated let registry: ECRRegistry
    private var shelves: [RepositoryName: ECRShelf] = [:]
    private var catalog: [RepositoryName: ECR.Repository]?
    /// The catalog is forbidden: what single repositories are like.
    private var single: [RepositoryName: ECR.Repository?]?
    private let catalogTurn = Slots(limit: 1)
    /// Requests that were made here.
    var made = 0

    init(_ registry: ECRRegistry) { self.registry = registry }

    nonisolated var place: String { registry.place }
    nonisolated var direct: any Backend { registry }

    var requests: Int {
        get async {
            var sum = made
            for shelf in shelves.values { sum += await shelf.requests }
            return sum
        }
    }

    func expect(_ tags: Int, in repository: RepositoryName) async { await shelf(repository).expect(tags) }

    func forget() async {
        (catalog, single) = (nil, single.map { _ in [:] })
        for shelf in shelves.values { await shelf.forget() }
    }

    private func shelf(_ repository: RepositoryName) -> ECRShelf {
        if let shelf = shelves[repository] { return shelf }
        let shelf = ECRShelf(repository, registry)
        shelves[repository] = shelf
        return shelf
    }

    // MARK: - Looking

    func repositories() async throws(RegistryError) -> [RepositoryName] { try await all().keys.sorted() }

    /// All repositories and their settings, asked for once.
    private func all() async throws(RegistryError) -> [RepositoryName: ECR.Repository] {
        if let catalog { return catalog }
        do { try await catalogTurn.take() } catch {
            throw RegistryError(.cancelled, at: place, while: "list repositories", "of the registry")
        }
        do {
            let found = try await listRepositories()
            await catalogTurn.give()
            return found
        } catch {
            await catalogTurn.give()
            throw error
        }
    }

    private func listRepositories() async throws(RegistryError) -> [RepositoryName: ECR.Repository] {
        if let catalog { return catalog }
        let (all, requests) = try await registry.described()
        made += requests
        let named = all.compactMap { found in
            (try? RepositoryName(found.repositoryName)).map { ($0, found) }
        }
        let found = Dictionary(named, uniquingKeysWith: { first, _ in first })
        catalog = found
        return found
    }

    /// A repository with its settings; `nil` where there is none.
    func described(_ repository: RepositoryName) async throws(RegistryError) -> ECR.Repository? {
        if single == nil {
            do throws(RegistryError) { return try await all()[repository] } catch let error
                where error.kind == .denied
            {
                // Keys may be allowed to see single repositories alone.
                made += 1
                single = [:]
            }
        }
        if let known = single?[repository] { return known }
        made += 1
        let found = try await registry.described(repository)
        single?[repository] = .some(found)
        return found
    }

    func tags(in repository: RepositoryName) async throws(RegistryError) -> TagListing {
        try await shelf(repository).tags()
    }

    func resolve(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> Descriptor?
    {
        try await shelf(repository).resolve(reference)
    }

    func manifest(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> ManifestDocument?
    {
        let shelf = shelf(repository)
        try await shelf.checkIsActive(reference)
        if let found = try await registry.manifest(reference, in: repository) { return found }
        // It may be listed, and put away.
        _ = try await shelf.resolve(reference)
        try await shelf.checkIsActive(reference)
        return nil
    }

    func hasBlob(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) -> Bool {
        try await registry.hasBlob(digest, in: repository)
    }

    nonisolated func blob(_ digest: Digest, in repository: RepositoryName) -> BlobBody {
        registry.blob(digest, in: repository)
    }

    // MARK: - Writing

    func put(_ manifest: ManifestDocument, as reference: Reference, in repository: RepositoryName)
        async throws(RegistryError)
    {
        try await registry.put(manifest, as: reference, in: repository)
        await shelf(repository).note(manifest, as: reference)
    }

    func deleteManifest(_ digest: Digest, in repository: RepositoryName) async throws(RegistryError) {
        try await registry.deleteManifest(digest, in: repository)
        await shelf(repository).forget()
    }

    func putBlob(
        _ blob: Descriptor, from body: BlobBody, in repository: RepositoryName,
        mounting neighbour: RepositoryName?
    ) async throws(RegistryError) -> BlobArrival {
        try await registry.putBlob(blob, from: body, in: repository, mounting: neighbour)
    }
}

extension ECRRecall: BlobBatchBackend {
    func hasBlobs(_ digests: [Digest], in repository: RepositoryName) async throws(RegistryError) -> Set<
        Digest
    > {
        // A repository that is not there need not be asked.
        if await shelf(repository).isAbsent { return [] }
        made += 1
        return try await registry.hasBlobs(digests, in: repository)
    }

    nonisolated var largestBlobBatch: Int { registry.largestBlobBatch }
}

extension ECRRecall: ManifestBatchBackend {
    func manifests(_ digests: [Digest], in repository: RepositoryName) async throws(RegistryError) -> [Digest:
        ManifestDocument]
    {
        made += 1
        return try await registry.manifests(digests, in: repository)
    }

    nonisolated var largestManifestBatch: Int { registry.largestManifestBatch }
}

extension ECRRecall: ReferrersBackend {
    func referrers(of subject: Digest, in repository: RepositoryName, type: String?)
        async throws(RegistryError) -> ReferrerListing
    {
        try await shelf(repository).referrers(of: subject, type: type)
    }

    func putReferrer(_ manifest: ManifestDocument, in repository: RepositoryName)
        async throws(RegistryError) -> Bool
    {
        let isNoted = try await registry.putReferrer(manifest, in: repository)
        await shelf(repository).note(manifest, as: .digest(manifest.digest))
        return isNoted
    }
}

extension ECRRecall: KeptTagsBackend {
    func keeps(_ tag: Tag, in repository: RepositoryName) async throws(RegistryError) -> Bool {
        try await described(repository).map { TagKeeping($0).keeps(tag) } ?? false
    }
}

extension ECRRecall: PreparingBackend {
    func prepare(_ repository: RepositoryName, for rule: String) async throws(RegistryError) {
        try await registry.checkOwner()
        let shelf = shelf(repository)
        try await shelf.create(for: rule)
    }
}

extension ECRRecall: MountingBackend {
    var mounting: Mounting { get async { await registry.mounting } }
}

extension ECRRecall: ArchivingBackend {
    func archivedTags(in repository: RepositoryName) async -> Set<String> {
        let archived = await shelf(repository).archivedTags()
        if !archived.isEmpty {
            registry.settings.tell(
                "\(place)/\(repository): \(archived.count) of its tags are archived and left out of what patterns select"
            )
        }
        return archived
    }
}

import Desired
import OCI
import Registry

/// What a pass has learned of the things that hang on images, at both sides: each is asked for once.
struct ReferrerBook: Sendable {
    let places: Places
    let lists: ListMemo
    let counter: LookCounter
    let memory: ReferrerMemory
    private let tags = Memo<Repository, AttachedTags>()
    private let abilities = Memo<String, Bool>()
    private let answers: Memo<Subject, ReferrerListing>
    private let indexes: Memo<Subject, ReferrerIndex?>
    private let children = Memo<Subject, [Digest]>()

    private struct Repository: Hashable, Sendable {
        var registry: String
        var name: RepositoryName
    }

    private struct Subject: Hashable, Sendable {
        var place: String
        var repository: RepositoryName
        var digest: Digest
        var type: String?
    }

    /// What lists may take of memory: whoever may push can make them long, and a pass has many.
    private static let most = 16 << 20

    /// - Parameter most: how much may be kept of the lists of each kind.
    init(
        places: Places, lists: ListMemo, counter: LookCounter, memory: ReferrerMemory, most: Int = Self.most
    ) {
        answers = Memo(.init(most: most) { Self.weight(of: $0.entries) })
        indexes = Memo(.init(most: most) { ($0?.bytes.count ?? 0) + Self.weight(of: $0?.entries ?? []) })
        self.memory = memory
        self.places = places
        self.lists = lists
        self.counter = counter
    }

    /// What is kept of lists, in bytes of memory or so.
    var weight: Int { get async { await answers.weight + indexes.weight } }

    /// An entry takes its bytes, and what was read of them.
    private static func weight(of entries: [ReferrerEntry]) -> Int {
        entries.reduce(512) { $0 + $1.bytes.count + 512 }
    }

    /// The source's tags that carry signatures and lists. A list that can't be had costs requests, not truth.
    func tags(of claim: Claim) async throws(RegistryError) -> AttachedTags {
        let key = Repository(registry: claim.sourceRegistry, name: claim.sourceRepository)
        return try await tags.value(for: key) { () async throws(RegistryError) in
            let listing = await lists.tags(of: [claim.sourceRepository], at: claim.sourceRegistry).first?.1
            switch listing {
            case .success(let listing): return AttachedTags(among: listing.tags)
            case .failure(let error) where error.kind == .denied || error.kind == .unsupported:
                return AttachedTags(among: nil)
            case .failure(let error): throw error
            case nil: return AttachedTags(among: nil)
            }
        }
    }

    /// What a place lists as a manifest's referrers; `nil` where it keeps no such lists.
    ///
    /// Whoever comes first to a place finds out whether it does. A source that does not know the repository of an
    /// image that it has, does not know the question; a destination may not have it yet.
    func listing(
        of digest: Digest, in repository: RepositoryName, at backend: any Backend, _ side: RegistryError.Side,
        type: String? = nil
    ) async throws(RegistryError) -> [ReferrerEntry]? {
        guard let place = backend.asReferrers else { return nil }
        let key = Subject(place: backend.place, repository: repository, digest: digest, type: type)
        let ask = { @Sendable () async throws(RegistryError) -> ReferrerListing in
            await counter.add(1, at: place)
            return try await place.referrers(of: digest, in: repository, type: type)
        }
        let isAble = try await abilities.value(for: backend.place) { () async throws(RegistryError) in
            switch try await answers.value(for: key, ask: ask) {
            case .unsupported: false
            case .repositoryUnknown: side == .destination
            case .listed: true
            }
        }
        return isAble ? try await answers.value(for: key, ask: ask).entries : nil
    }

    /// The list of referrers that stands under a manifest's tag; `nil` where there is none.
    func index(of digest: Digest, in repository: RepositoryName, at backend: any Backend)
        async throws(RegistryError) -> ReferrerIndex?
    {
        let key = Subject(place: backend.place, repository: repository, digest: digest)
        return try await indexes.value(for: key) { () async throws(RegistryError) in
            await counter.add(1)
            return try await backend.referrerIndex(of: digest, in: repository)
        }
    }

    /// The manifests that an index of the destination names.
    func children(of digest: Digest, in repository: RepositoryName, at backend: any Backend)
        async throws(RegistryError) -> [Digest]
    {
        let key = Subject(place: backend.place, repository: repository, digest: digest)
        return try await children.value(for: key) { () async throws(RegistryError) in
            if let known = await memory.children(of: digest) { return known }
            await counter.add(1)
            guard let document = try await backend.manifest(.digest(digest), in: repository) else {
                return []
            }
            let children = document.children.map(\.digest)
            await memory.note(children: children, of: digest)
            return children
        }
    }
}

extension Backend {
    /// The list of referrers that stands under a manifest's tag; what else stands there is no such list.
    func referrerIndex(of digest: Digest, in repository: RepositoryName) async throws(RegistryError)
        -> ReferrerIndex?
    {
        let tag = AttachedTag.referrers.tag(for: digest)
        guard let document = try await manifest(.tag(tag), in: repository) else { return nil }
        guard let index = ReferrerIndex(under: document) else {
            throw RegistryError(
                .malformed, at: place, while: "read referrers", "\(repository):\(tag)",
                detail: "what stands under this tag is no list of referrers")
        }
        return index
    }
}

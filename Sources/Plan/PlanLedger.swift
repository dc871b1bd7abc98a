import OCI

/// What the images planned so far bring to the destinations: the fold's memory, a value.
public struct PlanLedger: Sendable {
    /// A blob in a repository of a registry.
    private struct Place: Hashable {
        var registry: String
        var repository: RepositoryName
        var digest: Digest
    }
    private struct Signature: Hashable {
        var place: Place
        var tag: Tag
    }
    private struct Asked: Hashable {
        var registry: String
        var repository: RepositoryName
        var question: Question
    }
    private struct Content: Hashable {
        var registry: String
        var digest: Digest
    }

    private var held: Set<Place> = []
    private var holder: [Content: RepositoryName] = [:]
    private var manifests: Set<Place> = []
    private var asked: Set<Asked> = []
    private var signatures: Set<Signature> = []
    private var lists: [Place: ReferrerIndex] = [:]

    /// Nothing has been planned.
    public init() {}

    /// True when the repository has the blob, or will by then.
    func holds(_ digest: Digest, _ repository: RepositoryName, at registry: String) -> Bool {
        held.contains(Place(registry: registry, repository: repository, digest: digest))
    }

    /// A repository of the registry that has the blob, or will by then: the first that got it.
    func neighbour(with digest: Digest, at registry: String) -> RepositoryName? {
        holder[Content(registry: registry, digest: digest)]
    }

    /// Remembers that a repository has a blob, or will.
    mutating func note(_ digest: Digest, in repository: RepositoryName, at registry: String) {
        held.insert(Place(registry: registry, repository: repository, digest: digest))
        let content = Content(registry: registry, digest: digest)
        if holder[content] == nil { holder[content] = repository }
    }

    /// Remembers a manifest; false when it was there before.
    mutating func noteManifest(_ digest: Digest, in repository: RepositoryName, at registry: String) -> Bool {
        manifests.insert(Place(registry: registry, repository: repository, digest: digest)).inserted
    }

    /// Remembers what a repository is asked; returns how many of the questions nobody before has asked.
    mutating func note(asked questions: Set<Question>, of repository: RepositoryName, at registry: String)
        -> Int
    {
        questions.count { question in
            asked.insert(Asked(registry: registry, repository: repository, question: question)).inserted
        }
    }

    /// Remembers that a tag of cosign's is put on a manifest; false when it was before.
    mutating func note(_ tag: Tag, as digest: Digest, in repository: RepositoryName, at registry: String)
        -> Bool
    {
        let place = Place(registry: registry, repository: repository, digest: digest)
        return signatures.insert(Signature(place: place, tag: tag)).inserted
    }

    /// The list of referrers that the images before this one leave under a manifest's tag.
    func list(of subject: Digest, in repository: RepositoryName, at registry: String) -> ReferrerIndex? {
        lists[Place(registry: registry, repository: repository, digest: subject)]
    }

    /// Remembers what list is left.
    mutating func note(
        _ list: ReferrerIndex, of subject: Digest, in repository: RepositoryName, at registry: String
    ) {
        lists[Place(registry: registry, repository: repository, digest: subject)] = list
    }
}

import OCI

/// What the images planned so far bring to the destinations: the fold's memory, a value.
public struct PlanLedger: Sendable {
    /// A blob in a repository of a registry.
    private struct Place: Hashable {
        var registry: String
        var repository: RepositoryName
        var digest: Digest
    }
    private struct Content: Hashable {
        var registry: String
        var digest: Digest
    }

    private var held: Set<Place> = []
    private var holder: [Content: RepositoryName] = [:]
    private var manifests: Set<Place> = []
    private var questions: [String: [RepositoryName: Set<SharedQuestion>]] = [:]

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

    /// Remembers questions; returns how many of them are asked for the first time.
    ///
    /// Which image asks first is a matter of timing; in the plan it is the first in order.
    mutating func note(_ asked: Set<SharedQuestion>, in repository: RepositoryName, at registry: String)
        -> Int
    {
        let known = questions[registry]?[repository] ?? []
        questions[registry, default: [:]][repository] = known.union(asked)
        return asked.subtracting(known).count
    }

    /// Remembers a manifest; false when it was there before.
    mutating func noteManifest(_ digest: Digest, in repository: RepositoryName, at registry: String) -> Bool {
        manifests.insert(Place(registry: registry, repository: repository, digest: digest)).inserted
    }
}

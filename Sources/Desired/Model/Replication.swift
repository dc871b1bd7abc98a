import OCI

/// One rule: which images stand where, and how they get there.
public struct Replication: Sendable, Hashable {
    /// Its `metadata.name`.
    public var name: String
    /// The name of the registry that images come from, a key of `DesiredState.registries`.
    public var source: String
    /// Where they go.
    public var destination: Destination
    /// What is chosen at the source.
    public var images: [ImageEntry]
    /// Where more entries are found, in the form of the Data Replication Hub.
    public var imageList: ImageList?
    /// The platforms of the entries that a list adds; `nil`: all.
    public var listPlatforms: PlatformChoice?
    /// What happens to a tag that holds another digest at the destination.
    public var overwrite: Overwrite
    /// Images copied at once.
    public var concurrency: Int
    /// How often a whole image is tried again after its first try.
    public var retries: Int
    /// The rule is kept and not run.
    public var suspend: Bool
    /// `repository:tag` names at the destination whose refusal does not make a pass fail.
    public var acknowledge: Set<String>
    /// A rule that selects nothing fails, instead of being warned of.
    public var requireMatch: Bool
    /// What hangs on an image and travels with it; `nil`: nothing.
    public var referrers: ReferrerPolicy?
    /// The table that a record of each image is written to.
    public var statusTable: StatusTable?

    /// Describes a rule; what is not given has the manual's default.
    public init(
        name: String, source: String, destination: Destination, images: [ImageEntry],
        overwrite: Overwrite = .always, concurrency: Int = 10, retries: Int = 3, suspend: Bool = false,
        acknowledge: Set<String> = [], requireMatch: Bool = false,
        referrers: ReferrerPolicy? = ReferrerPolicy(), imageList: ImageList? = nil,
        listPlatforms: PlatformChoice? = nil, statusTable: StatusTable? = nil
    ) {
        self.name = name
        self.source = source
        self.destination = destination
        self.images = images
        self.overwrite = overwrite
        self.concurrency = concurrency
        self.retries = retries
        self.suspend = suspend
        self.acknowledge = acknowledge
        self.requireMatch = requireMatch
        self.referrers = referrers
        self.imageList = imageList
        self.listPlatforms = listPlatforms
        self.statusTable = statusTable
    }
}

/// What happens to a tag that holds another digest at the destination.
public enum Overwrite: String, Sendable, Hashable, CaseIterable, Codable {
    /// It is moved to the source's digest.
    case always
    /// It stays, and the difference is told.
    case never
}

/// Where a rule's images go.
public struct Destination: Sendable, Hashable {
    /// The name of a registry, a key of `DesiredState.registries`.
    public var registry: String
    /// How the repository is named there.
    public var repository: NameTemplate
    /// How the tag is named there.
    public var tag: NameTemplate
    /// How repositories are created there, where the rule says it; what the registry says goes on below that.
    public var createRepositories: RepositorySettings?

    /// Describes a destination; names stay as they are unless a template says otherwise.
    public init(
        registry: String, repository: NameTemplate = .repository, tag: NameTemplate = .tag,
        createRepositories: RepositorySettings? = nil
    ) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
        self.createRepositories = createRepositories
    }
}

/// One entry under `images`: some repositories, and which of their tags.
public struct ImageEntry: Sendable, Hashable {
    /// Which repositories.
    public var repositories: RepositorySelector
    /// Which of their tags; `nil`: only what `pins` names.
    public var tags: TagSelector?
    /// Tags that must be a certain digest.
    public var pins: [Tag: Digest]
    /// Which platforms of an image are copied; `nil`: all. It is the rule's choice where the entry makes none.
    public var platforms: PlatformChoice?
    /// This entry's own `overwrite`, where it differs from the rule's.
    public var overwrite: Overwrite?
    /// This entry's own destination names, where they differ from the rule's (the registry is the rule's).
    public var destination: Destination?
    /// This entry's own `referrers`, where they differ from the rule's.
    public var referrers: ReferrerChoice?

    /// Describes an entry.
    public init(
        repositories: RepositorySelector, tags: TagSelector? = nil, pins: [Tag: Digest] = [:],
        platforms: PlatformChoice? = nil, overwrite: Overwrite? = nil, destination: Destination? = nil,
        referrers: ReferrerChoice? = nil
    ) {
        self.repositories = repositories
        self.tags = tags
        self.pins = pins
        self.platforms = platforms
        self.overwrite = overwrite
        self.destination = destination
        self.referrers = referrers
    }
}

/// Which repositories an entry means.
public enum RepositorySelector: Sendable, Hashable {
    /// One, by its whole name.
    case named(RepositoryName)
    /// Those of the registry's catalog that match.
    case matching(include: [Glob], exclude: [Glob])
}

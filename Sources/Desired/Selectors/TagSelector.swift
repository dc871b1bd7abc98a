import OCI

/// Which tags of a repository are wanted. Within a key OR, between keys AND.
public struct TagSelector: Sendable, Hashable {
    /// Patterns of which one must match; empty: all tags.
    public var include: [Glob]
    /// Patterns of which none may match.
    public var exclude: [Glob]
    /// An expression that must match; its group `version` feeds `semver` and `sortBy`.
    public var matching: Pattern?
    /// A range that the version must lie in.
    public var semver: VersionRange?
    /// Pre-releases count too.
    public var prereleases: Bool
    /// The order that `newest` counts in.
    public var sortBy: SortOrder?
    /// How many of the last ones in that order are kept.
    public var newest: Int?

    /// Puts a selector together.
    public init(
        include: [Glob] = [], exclude: [Glob] = [], matching: Pattern? = nil, semver: VersionRange? = nil,
        prereleases: Bool = false, sortBy: SortOrder? = nil, newest: Int? = nil
    ) {
        self.include = include
        self.exclude = exclude
        self.matching = matching
        self.semver = semver
        self.prereleases = prereleases
        self.sortBy = sortBy
        self.newest = newest
    }

    /// The tags that are meant, where plain names under `include` say it all and no list of tags is needed.
    public var literalTags: [Tag]? { nil }

    /// Judges each tag that a registry lists: kept or dropped, and by which key.
    public func decide(_ tags: [String]) -> [TagDecision] { [] }
}

/// What became of one tag.
public struct TagDecision: Sendable, Hashable {
    /// The tag, as the registry listed it.
    public var tag: String
    /// It is wanted.
    public var kept: Bool
    /// The key that decided, and why: `include '3.*'`, `semver '>=3.18': 3.17.2 is lower`, `newest 5: 9th`.
    public var reason: String

    /// Records a decision.
    public init(tag: String, kept: Bool, reason: String) {
        self.tag = tag
        self.kept = kept
        self.reason = reason
    }
}

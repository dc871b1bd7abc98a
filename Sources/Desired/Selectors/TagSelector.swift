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
    public var literalTags: [Tag]? {
        guard !include.isEmpty, include.allSatisfy(\.isLiteral) else { return nil }
        guard exclude.isEmpty, matching == nil, semver == nil, sortBy == nil, newest == nil else {
            return nil
        }
        let tags = include.compactMap(\.literal).compactMap { try? Tag($0) }.filter { !$0.isInternal }
        var seen: Set<Tag> = []
        return tags.filter { seen.insert($0).inserted }
    }

    /// Judges each tag that a registry lists: kept or dropped, and by which key.
    ///
    /// A tag listed twice is judged once. With `sortBy` or `newest`, the tags that reached the sorting come
    /// first, in that order; all others follow (or stand alone) in natural order.
    public func decide(_ tags: [String]) -> [TagDecision] {
        TagPipeline(self).decide(tags)
    }
}

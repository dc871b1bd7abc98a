import OCI

/// One image that a rule wants: which source tag goes to which destination tag.
public struct Claim: Sendable, Hashable {
    /// The name of the rule.
    public var rule: String
    /// The name of the source registry.
    public var sourceRegistry: String
    /// The repository there.
    public var sourceRepository: RepositoryName
    /// The tag there.
    public var sourceTag: Tag
    /// The digest that the source tag must have, where the rule pins it.
    public var pin: Digest?
    /// The name of the destination registry.
    public var destinationRegistry: String
    /// The repository there.
    public var destinationRepository: RepositoryName
    /// The tag there.
    public var destinationTag: Tag
    /// What happens to a different digest there.
    public var overwrite: Overwrite

    /// Puts a claim together.
    public init(
        rule: String, sourceRegistry: String, sourceRepository: RepositoryName, sourceTag: Tag, pin: Digest? = nil,
        destinationRegistry: String, destinationRepository: RepositoryName, destinationTag: Tag,
        overwrite: Overwrite = .always
    ) {
        self.rule = rule
        self.sourceRegistry = sourceRegistry
        self.sourceRepository = sourceRepository
        self.sourceTag = sourceTag
        self.pin = pin
        self.destinationRegistry = destinationRegistry
        self.destinationRepository = destinationRepository
        self.destinationTag = destinationTag
        self.overwrite = overwrite
    }
}

/// What one rule selects, given what its source holds.
public struct Selection: Sendable {
    /// The wanted images, sorted by destination repository and tag, equal claims merged.
    public var claims: [Claim] = []
    /// Every tag that was looked at: repository, tag, kept or dropped, why, and where it goes.
    public var decisions: [Decision] = []
    /// Names that a template made and that no registry takes, and the like: one line each; the image is left out.
    public var faults: [String] = []

    /// One tag's fate, for `davit select`.
    public struct Decision: Sendable, Hashable {
        /// The repository at the source.
        public var repository: RepositoryName
        /// The tag there.
        public var tag: String
        /// It is wanted.
        public var kept: Bool
        /// The key that decided.
        public var reason: String

        /// Records a decision.
        public init(repository: RepositoryName, tag: String, kept: Bool, reason: String) {
            self.repository = repository
            self.tag = tag
            self.kept = kept
            self.reason = reason
        }
    }

    /// Nothing yet.
    public init() {}
}

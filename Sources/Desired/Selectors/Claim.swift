import OCI

/// One image that a rule wants: which source tag goes to which destination tag.
public struct Claim: Sendable, Hashable, Codable {
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
    /// Which platforms of it are wanted; `nil`: all.
    public var platforms: PlatformChoice?
    /// The name of the destination registry.
    public var destinationRegistry: String
    /// The repository there.
    public var destinationRepository: RepositoryName
    /// The tag there.
    public var destinationTag: Tag
    /// What happens to a different digest there.
    public var overwrite: Overwrite
    /// What hangs on it and travels with it; `nil`: nothing.
    public var referrers: ReferrerPolicy?

    /// Puts a claim together.
    public init(
        rule: String, sourceRegistry: String, sourceRepository: RepositoryName, sourceTag: Tag,
        pin: Digest? = nil, platforms: PlatformChoice? = nil,
        destinationRegistry: String, destinationRepository: RepositoryName, destinationTag: Tag,
        overwrite: Overwrite = .always, referrers: ReferrerPolicy? = nil
    ) {
        self.rule = rule
        self.sourceRegistry = sourceRegistry
        self.sourceRepository = sourceRepository
        self.sourceTag = sourceTag
        self.pin = pin
        self.platforms = platforms
        self.destinationRegistry = destinationRegistry
        self.destinationRepository = destinationRepository
        self.destinationTag = destinationTag
        self.overwrite = overwrite
        self.referrers = referrers
    }
}

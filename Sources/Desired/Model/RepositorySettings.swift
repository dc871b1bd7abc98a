/// How repositories are created at a destination that wants them created; what is not said is the registry's default.
public struct RepositorySettings: Sendable, Hashable {
    /// A repository that is missing is created.
    public var creates: Bool
    /// Whether its tags can be moved.
    public var tagMutability: TagMutability?
    /// Images are scanned when they are pushed.
    public var scansOnPush: Bool?
    /// The KMS key that it is encrypted with: an id, an alias or an ARN.
    public var kmsKey: String?
    /// The text of its lifecycle policy, which is JSON.
    public var lifecyclePolicy: String?
    /// The text of its permissions, which is JSON.
    public var repositoryPolicy: String?
    /// Its resource tags.
    public var tags: [String: String]?
    /// Whether repositories that are there are changed to be like this, where that is said.
    public var enforcement: Bool?

    /// Repositories that are there are changed to be like this.
    public var enforces: Bool { enforcement ?? false }

    /// Describes repositories that are created; nothing more is asked of them.
    public init(
        creates: Bool = true, tagMutability: TagMutability? = nil, scansOnPush: Bool? = nil,
        kmsKey: String? = nil, lifecyclePolicy: String? = nil, repositoryPolicy: String? = nil,
        tags: [String: String]? = nil, enforcement: Bool? = nil
    ) {
        self.creates = creates
        self.tagMutability = tagMutability
        self.scansOnPush = scansOnPush
        self.kmsKey = kmsKey
        self.lifecyclePolicy = lifecyclePolicy
        self.repositoryPolicy = repositoryPolicy
        self.tags = tags
        self.enforcement = enforcement
    }

    /// The same settings, but for the keys that `other` has.
    public func overridden(by other: RepositorySettings) -> RepositorySettings {
        RepositorySettings(
            creates: other.creates, tagMutability: other.tagMutability ?? tagMutability,
            scansOnPush: other.scansOnPush ?? scansOnPush, kmsKey: other.kmsKey ?? kmsKey,
            lifecyclePolicy: other.lifecyclePolicy ?? lifecyclePolicy,
            repositoryPolicy: other.repositoryPolicy ?? repositoryPolicy, tags: other.tags ?? tags,
            enforcement: other.enforcement ?? enforcement)
    }
}

/// Whether the tags of a repository can be moved.
public enum TagMutability: Sendable, Hashable {
    /// They can.
    case mutable
    /// They can't, but for those that one of the filters fits (`*` stands for any run of characters).
    case immutable(except: [String])
}

extension DesiredState {
    /// How a rule's repositories are created: what the rule says, and what the registry says besides; `nil`: neither
    /// says anything.
    public func settings(of rule: Replication) -> RepositorySettings? {
        let own = rule.destination.createRepositories
        guard let shared = registries[rule.destination.registry]?.createRepositories else { return own }
        return own.map { shared.overridden(by: $0) } ?? shared
    }
}

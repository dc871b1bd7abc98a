/// A setting of a destination repository that is not what the manifests say new ones should be.
public struct RepositoryDrift: Sendable, Hashable, Codable {
    /// The rule that says so.
    public var rule: String
    /// `host/repository`.
    public var repository: String
    /// The setting.
    public var setting: String
    /// What it is.
    public var held: String
    /// What it should be.
    public var wanted: String
    /// It is changed by a reconcile.
    public var isEnforced: Bool
    /// Why it can't be changed, where that is so.
    public var obstacle: String?

    /// True where a reconcile does something about it.
    public var isChange: Bool { isEnforced && obstacle == nil }

    /// Describes a difference.
    public init(
        rule: String, repository: String, setting: String, held: String, wanted: String, isEnforced: Bool,
        obstacle: String? = nil
    ) {
        self.rule = rule
        self.repository = repository
        self.setting = setting
        self.held = held
        self.wanted = wanted
        self.isEnforced = isEnforced
        self.obstacle = obstacle
    }
}

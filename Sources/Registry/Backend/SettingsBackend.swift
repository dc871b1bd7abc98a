import OCI

/// A place whose repositories have settings that manifests may name.
public protocol SettingsBackend: Backend {
    /// How the settings of a repository differ from what a rule wants of new ones; nothing where there is none.
    func drift(of repository: RepositoryName, for rule: String) async throws(RegistryError) -> [SettingDrift]

    /// Whether a rule wants repositories changed that are there.
    func enforces(_ rule: String) -> Bool

    /// Makes a setting what a rule wants it to be.
    func enforce(_ drift: SettingDrift, on repository: RepositoryName, for rule: String)
        async throws(RegistryError)
}

/// A setting of a repository that is not what the manifests say.
public struct SettingDrift: Sendable, Hashable {
    /// Its name, as the place has it.
    public var setting: String
    /// What it is.
    public var held: String
    /// What it should be.
    public var wanted: String
    /// Why it can't be changed, where that is so.
    public var obstacle: String?

    /// Describes a difference.
    public init(_ setting: String, held: String, wanted: String, obstacle: String? = nil) {
        self.setting = setting
        self.held = held
        self.wanted = wanted
        self.obstacle = obstacle
    }
}

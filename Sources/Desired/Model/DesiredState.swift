/// What the manifests ask for, read and checked: every name in it resolves.
public struct DesiredState: Sendable {
    /// The credentials, by name.
    public var credentials: [String: Credential]
    /// The registries, by name: declared ones, and one for each host that a rule names directly.
    public var registries: [String: RegistryDeclaration]
    /// The rules, in the order of files and documents.
    public var rules: [Replication]
    /// Who is told of passes.
    public var notifications: [Notification]

    /// Gathers what was read.
    public init(
        credentials: [String: Credential] = [:], registries: [String: RegistryDeclaration] = [:],
        rules: [Replication] = [], notifications: [Notification] = []
    ) {
        self.credentials = credentials
        self.registries = registries
        self.rules = rules
        self.notifications = notifications
    }
}

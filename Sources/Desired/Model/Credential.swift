/// Where a secret is found. The secret itself never stands in a manifest, and never in this value.
public struct Credential: Sendable, Hashable {
    /// Its `metadata.name`.
    public var name: String
    /// Where the secret is found.
    public var source: Source
    /// The hosts it may be sent to (`registry.example.com`, `*.example.com`, with `:port` where there
    /// is one); empty: the host of the registry that uses it.
    public var hosts: [String]
    /// The Credential that opens a place of AWS where the secret is found; `nil`: AWS's default chain.
    public var via: String?

    /// Names a place where a secret is found.
    public init(name: String, source: Source, hosts: [String] = [], via: String? = nil) {
        self.name = name
        self.source = source
        self.hosts = hosts
        self.via = via
    }

    /// The environment variables that hold it, where it is found in such.
    public var variables: [String] {
        switch source {
        case .environment(let username, let password): [username, password]
        case .environmentToken(let name): [name]
        case .dockerConfig, .helper, .file, .anonymous, .ssmParameter, .secretsManager, .awsProfile,
            .assumeRole:
            []
        }
    }

    /// The places a secret can be found in.
    public enum Source: Sendable, Hashable {
        /// Docker's (or podman's) client configuration; `nil`: the usual places of the user who runs davit.
        case dockerConfig(path: String?)
        /// A program `docker-credential-NAME`.
        case helper(name: String)
        /// A user name and a password in two environment variables, named here.
        case environment(username: String, password: String)
        /// A bearer token in an environment variable, named here.
        case environmentToken(String)
        /// A file that is read again whenever it changed (absolute path).
        case file(path: String, format: FileFormat)
        /// No secret at all.
        case anonymous
        /// A parameter of AWS Systems Manager; region `nil`: that of what opens it.
        case ssmParameter(name: String, region: String?)
        /// A secret of AWS Secrets Manager, by its name or ARN; region `nil`: that of the ARN or of what opens it.
        case secretsManager(name: String, region: String?)
        /// The keys of a profile in AWS's configuration files.
        case awsProfile(name: String)
        /// The keys of a role of AWS.
        case assumeRole(RoleDeclaration)
    }

    /// How a secret stands in a file.
    public enum FileFormat: String, Sendable, Hashable, CaseIterable {
        /// `{"username": "…", "password": "…"}` or `{"token": "…"}`
        case json
        /// One line, `user:password`.
        case userPassword
        /// A bearer token alone.
        case token
    }
}

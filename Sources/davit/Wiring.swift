import Desired
import HTTP
import Logging
import OCI
import Reconcile
import Registry

/// The one place that knows every kind of registry and credential by name.
struct Wiring {
    let transport: any Transport
    let meter = Meter()
    /// The ways into AWS.
    let amazon: AmazonSessions
    let environment: LoginEnvironment
    let logger: Logger
    /// Where uploads are noted while they are under way.
    var journal: (any UploadJournal)?

    init(environment: [String: String], logger: Logger) throws {
        transport = MeteredTransport(try CurlLoop(), meter)
        self.environment = LoginEnvironment(variables: environment, home: environment["HOME"])
        amazon = AmazonSessions(self.environment, transport)
        self.logger = logger
    }

    /// Opens the registries that rules use.
    ///
    /// Names that lead to one host with one credential share a client, and with it limits and tokens.
    /// A look asks a destination for the rights that a copy needs: where a repository does not exist yet,
    /// some registries let in who may push to it and refuse who may only pull.
    func places(for state: DesiredState) throws -> Places {
        let vain = Unavailable.uses(in: state)
        guard vain.isEmpty else { throw UnavailableError(uses: vain) }
        let active = state.rules.filter { !$0.suspend }
        let written = Set(active.map(\.destination.registry))
        let used = written.union(active.map(\.source))
        let declarations = state.registries.mapValues { declaration in
            var nameless = declaration
            nameless.name = ""
            return nameless
        }
        let writable = Set(written.compactMap { declarations[$0] })
        var opened: [RegistryDeclaration: any Backend] = [:]
        var backends: [String: any Backend] = [:]
        for name in used {
            guard let registry = declarations[name] else { continue }
            let backend =
                try opened[registry] ?? backend(registry, state, writes: writable.contains(registry))
            opened[registry] = backend
            backends[name] = backend
        }
        return Places(backends)
    }

    private func backend(_ registry: RegistryDeclaration, _ state: DesiredState, writes: Bool) throws
        -> any Backend
    {
        if let root = registry.layout {
            var settings = LayoutFolder.Settings()
            settings.traffic = meter.traffic
            return LayoutFolder(root: root, settings: settings)
        }
        if let ecr = registry.ecr { return try ecrRegistry(registry, ecr, state, writes: writes) }
        if registry.isECRPublic { return try publicRegistry(registry, state, writes: writes) }
        return try client(registry, state, writes: writes)
    }

    private func client(_ registry: RegistryDeclaration, _ state: DesiredState, writes: Bool) throws
        -> DistributionClient
    {
        try distribution(registry, login(registry.credentials, state), writes: writes)
    }

    /// Speaks to a registry with what a login proves.
    func distribution(_ registry: RegistryDeclaration, _ login: any LoginSource, writes: Bool) throws
        -> DistributionClient
    {
        let (origin, settings) = (try origin(of: registry), clientSettings(registry, writes: writes))
        let authorizer = Authorizer(
            registry: origin, host: registry.host, login: login, transport: transport,
            security: settings.security, logger: logger)
        return DistributionClient(
            place: registry.host, origin: origin, transport: transport, authorizer: authorizer,
            settings: settings, logger: logger)
    }

    /// Where we connect.
    func origin(of registry: RegistryDeclaration) throws -> Origin {
        if let url = registry.endpoints.registry { return try Address(url).origin }
        // Loopback speaks plain HTTP unless something is said about TLS.
        let isSecured = registry.tls != TLSDeclaration()
        return try Origin.api(
            of: registry.host, plainHTTP: registry.tls.plainHTTP ?? (isSecured ? false : nil))
    }

    /// How connections to a registry are secured.
    func security(_ tls: TLSDeclaration) -> Security {
        Security(
            caFile: tls.caFile, clientCertificate: tls.clientCertificate, clientKey: tls.clientKey,
            skipsVerification: tls.insecureSkipVerify)
    }

    /// How a registry is spoken to.
    func clientSettings(_ registry: RegistryDeclaration, writes: Bool) -> DistributionClient.Settings {
        var settings = DistributionClient.Settings()
        settings.security = security(registry.tls)
        settings.concurrency = registry.limits.concurrency
        settings.requestsPerSecond = registry.limits.requestsPerSecond
        settings.bandwidth = registry.limits.bandwidth
        settings.reserve =
            switch registry.limits.reserve {
            case .percent(let percent): .percent(percent)
            case .pulls(let count): .pulls(count)
            }
        settings.chunkSize = registry.chunkSize
        settings.journal = writes ? journal : nil
        settings.writes = writes
        return settings
    }

    private func login(_ uses: [CredentialUse], _ state: DesiredState) throws -> any LoginSource {
        guard !uses.isEmpty else { return DockerConfigLogin(in: environment, logger: logger) }
        let choices = try uses.compactMap { use -> ScopedLogin.Choice? in
            guard let credential = state.credentials[use.credential] else { return nil }
            let source = try login(credential, state)
            guard !use.paths.isEmpty else { return ScopedLogin.Choice(source) }
            return ScopedLogin.Choice(source) { repository in
                use.paths.contains { $0.matches(repository.description) }
            }
        }
        return ScopedLogin(choices)
    }

    private func login(_ credential: Credential, _ state: DesiredState) throws -> any LoginSource {
        let source: any LoginSource =
            switch credential.source {
            case .anonymous: AnonymousLogin()
            case .dockerConfig(let path): DockerConfigLogin(path: path, in: environment, logger: logger)
            case .helper(let name): HelperLogin(name: name, in: environment)
            case .environment(let username, let password):
                EnvironmentLogin(.basic(username: username, password: password), in: environment)
            case .environmentToken(let name): EnvironmentLogin(.token(name), in: environment)
            case .file(let path, .json): FileLogin(path: path, format: .json)
            case .file(let path, .userPassword): FileLogin(path: path, format: .userPassword)
            case .file(let path, .token): FileLogin(path: path, format: .token)
            case .ssmParameter, .secretsManager, .awsProfile, .assumeRole:
                try amazon.login(credential, state.credentials)
            }
        guard !credential.hosts.isEmpty else { return source }
        return BoundLogin(source, credential: credential.name, hosts: credential.hosts)
    }
}

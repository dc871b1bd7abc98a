import AWS
import Desired
import HTTP
import Logging
import OCI
import Reconcile
import Registry

/// A registry of ECR that can't be spoken to as the manifests say.
struct ECRWiringError: Error, CustomStringConvertible {
    let registry: String
    let detail: String

    var description: String { "Registry \(registry): \(detail)" }
}

extension Wiring {
    /// The manifests with the hosts of ECR's registries in them: where no account is named, it is that of the keys.
    ///
    /// - Returns: them, and why rules can't be run whose registries can't be opened, by the rules' names.
    func resolved(_ state: DesiredState) async -> (state: DesiredState, unopened: [String: String]) {
        var state = state
        var failures: [String: String] = [:]
        let active = state.rules.filter { !$0.suspend }
        for name in Set(active.flatMap { [$0.source, $0.destination.registry] }).sorted() {
            guard let registry = state.registries[name] else { continue }
            do {
                let found = try await resolved(registry, state)
                // Nothing is asked of it: what is wrong with how it is to be opened comes out here.
                if let ecr = found.ecr { _ = try ecrRegistry(found, ecr, state, writes: false) }
                state.registries[name] = found
            } catch {
                failures[name] = error is ECRWiringError ? "\(error)" : "Registry \(name): \(error)"
            }
        }
        let unopened = active.compactMap { rule in
            [rule.source, rule.destination.registry].lazy.compactMap { failures[$0] }.first.map {
                (rule.name, $0)
            }
        }
        return (state, Dictionary(unopened, uniquingKeysWith: { first, _ in first }))
    }

    private func resolved(_ registry: RegistryDeclaration, _ state: DesiredState) async throws
        -> RegistryDeclaration
    {
        var registry = registry
        if registry.ecr == nil, let name = RegistryName(host: registry.host),
            try await opensByKeys(registry, state)
        {
            registry.ecr = ECRDeclaration(
                account: name.account, region: name.region.description, isFIPS: name.choice.isFIPS,
                isDualStack: name.choice.isDualStack)
        }
        guard let ecr = registry.ecr else { return registry }
        var account = ecr.account
        if account == nil {
            let session = try session(of: registry, state)
            account = try await session.caller(in: Region(ecr.region)).account
        }
        let choice = EndpointChoice(isFIPS: ecr.isFIPS, isDualStack: ecr.isDualStack)
        guard let account, let name = RegistryName(account: account, region: try Region(ecr.region), choice)
        else {
            throw ECRWiringError(
                registry: registry.name, detail: "the keys are of no account with twelve digits")
        }
        registry.host = name.description
        return registry
    }

    /// True where what opens a registry are keys of AWS: then its service can be asked, too. Where nothing is named and
    /// there are none, the user's Docker configuration may hold a login.
    private func opensByKeys(_ registry: RegistryDeclaration, _ state: DesiredState) async throws(AWSError)
        -> Bool
    {
        guard !registry.credentials.isEmpty else {
            do throws(AWSError) { _ = try await session(nil, in: state).keys.keys() } catch let error
                where error.kind == .noKeys
            { return false }
            return true
        }
        return registry.credentials.allSatisfy { use in
            switch state.credentials[use.credential]?.source {
            case .ssmParameter, .secretsManager, .awsProfile, .assumeRole: true
            default: false
            }
        }
    }

    private func session(of registry: RegistryDeclaration, _ state: DesiredState) throws -> AWSSession {
        guard registry.credentials.count <= 1, registry.credentials.first?.paths.isEmpty != false else {
            throw ECRWiringError(
                registry: registry.name,
                detail: "a registry of ECR is opened by one credential, for all paths")
        }
        return try session(registry.credentials.first?.credential, in: state)
    }

    /// Opens a private registry of ECR.
    func ecrRegistry(
        _ registry: RegistryDeclaration, _ ecr: ECRDeclaration, _ state: DesiredState, writes: Bool
    ) throws -> ECRRegistry {
        guard let name = RegistryName(host: registry.host) else {
            throw ECRWiringError(registry: registry.name, detail: "'\(registry.host)' is no host of ECR")
        }
        let session = try session(of: registry, state)
        let api = try registry.endpoints.api.map { try Address($0) }
        // An address of one's own is no other form of AWS's.
        let choice = api != nil ? EndpointChoice() : name.choice == EndpointChoice() ? nil : name.choice
        let service = ECR(
            client: try session.client(
                .ecr, in: name.region, choice: choice, api: api,
                security: registry.tls == TLSDeclaration() ? nil : security(registry.tls)),
            account: name.account)
        var settings = clientSettings(registry, writes: writes)
        // What it says of an upload that broke is not to be relied on, and it takes any blob in one piece.
        (settings.resumes, settings.journal, settings.chunkSize) = (false, nil, nil)
        settings.putPace = SharedPutPace(parts: registry.limits.parts)
        let origin = try origin(of: registry)
        let login = try bound(ECRLogin(service.client), for: registry, state)
        let authorizer = Authorizer(
            registry: origin, host: registry.host, login: login, transport: transport,
            security: settings.security, isBasic: true, logger: logger)
        let client = DistributionClient(
            place: registry.host, origin: origin, transport: transport, authorizer: authorizer,
            settings: settings, logger: logger)
        var use = ECRRegistry.Settings()
        use.isOwn = !ecr.isCrossAccount
        use.owner = writes && !ecr.isCrossAccount ? ecr.account : nil
        for rule in state.rules where state.registries[rule.destination.registry]?.host == registry.host {
            use.repositories[rule.name] = state.settings(of: rule).map(NewRepository.init)
        }
        use.tell = { [logger] in logger.warning("\($0)") }
        return ECRRegistry(client: client, ecr: service, settings: use) { () async throws(AWSError) in
            try await session.caller(in: name.region)
        }
    }

    /// Opens Amazon's public registry: with a token where there are keys, which raises what may be pulled, else without.
    func publicRegistry(_ registry: RegistryDeclaration, _ state: DesiredState, writes: Bool) throws
        -> DistributionClient
    {
        let credential = state.credentials[registry.credentials.first?.credential ?? ""]
        if case .anonymous = credential?.source {
            return try distribution(registry, AnonymousLogin(), writes: writes)
        }
        let api = try registry.endpoints.api.map { try Address($0) }
        // The service stands in one region, whatever the keys are for.
        let client = try session(of: registry, state).client(.ecrPublic, in: Region("us-east-1"), api: api)
        let login = try bound(
            ECRLogin(client, isOptional: registry.credentials.isEmpty) { [logger] in logger.warning("\($0)")
            },
            for: registry, state)
        return try distribution(registry, login, writes: writes)
    }

    /// A login that goes to the hosts of its credential alone. The keys behind it ask for whatever a registry holds, so
    /// that one for other hosts opens nothing at all.
    private func bound(_ login: any LoginSource, for registry: RegistryDeclaration, _ state: DesiredState)
        throws -> any LoginSource
    {
        guard let credential = state.credentials[registry.credentials.first?.credential ?? ""],
            !credential.hosts.isEmpty
        else { return login }
        let bound = BoundLogin(login, credential: credential.name, hosts: credential.hosts)
        if case .forbidden = bound.verdict(on: registry.host, repository: nil) {
            throw ECRWiringError(
                registry: registry.name,
                detail: "the credential '\(credential.name)' is only for "
                    + "\(credential.hosts.joined(separator: ", ")); add '\(registry.host)' to its hosts if that is right"
            )
        }
        return bound
    }
}

extension NewRepository {
    /// What the manifests say of new repositories.
    init(_ settings: RepositorySettings) {
        self.init()
        isMade = settings.creates
        tagKeeping = settings.tagMutability.map { mutability in
            switch mutability {
            case .mutable: TagKeeping(isImmutable: false)
            case .immutable(let except): TagKeeping(isImmutable: true, exceptions: except)
            }
        }
        (scansOnPush, kmsKey, tags) = (settings.scansOnPush, settings.kmsKey, settings.tags)
        (lifecyclePolicy, repositoryPolicy) = (settings.lifecyclePolicy, settings.repositoryPolicy)
        isEnforced = settings.enforces
    }
}

import Logging
import OCI

/// The logins that docker and podman keep for the user who runs davit.
public actor DockerConfigLogin: LoginSource {
    private let files: [WatchedFile<DockerConfig>]
    private let isExplicit: Bool
    private let environment: LoginEnvironment
    private let time: Timekeeper
    private let logger: Logger?
    private var helpers: [String: CredentialHelper] = [:]
    /// The helpers that are not there, and have been told of.
    private var missing: Set<String> = []

    /// Names one file by its absolute path, or, without a path, the usual places of docker and podman.
    public init(
        path: String? = nil, in environment: LoginEnvironment, time: Timekeeper = .system,
        logger: Logger? = nil
    ) {
        self.logger = logger
        isExplicit = path != nil
        files = (path.map { [$0] } ?? Self.places(in: environment)).map { path in
            WatchedFile(path) { bytes throws(LoginError) in try DockerConfig(bytes, path: path) }
        }
        self.environment = environment
        self.time = time
    }

    /// The usual places, docker's first.
    static func places(in environment: LoginEnvironment) -> [String] {
        let dockerFolder = environment["DOCKER_CONFIG"] ?? environment.home.map { $0 + "/.docker" }
        let configFolder = environment["XDG_CONFIG_HOME"] ?? environment.home.map { $0 + "/.config" }
        return [
            dockerFolder.map { $0 + "/config.json" },
            environment["REGISTRY_AUTH_FILE"],
            environment["XDG_RUNTIME_DIR"].map { $0 + "/containers/auth.json" },
            configFolder.map { $0 + "/containers/auth.json" },
        ].compactMap { $0 }
    }

    /// The login of the first file that has one; nothing where none has.
    public func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login {
        for file in files {
            for finding in try await config(file, host)?.findings(for: host, repository: repository) ?? [] {
                switch finding {
                case .login(let login): return login
                case .helper(let name):
                    if let login = try await login(of: name, for: host) { return login }
                }
            }
        }
        return .anonymous
    }

    /// Has the helpers asked again; files are looked at each time.
    public func refused(_ login: Login, for host: String, repository: RepositoryName?) async {
        for helper in helpers.values { await helper.forget(login, for: host) }
    }

    private func config(_ file: WatchedFile<DockerConfig>, _ host: String) async throws(LoginError)
        -> DockerConfig?
    {
        let config: DockerConfig?
        do { config = try await file.content() } catch {
            throw LoginError(error.kind, for: host, detail: error.detail)
        }
        guard config != nil || !isExplicit else {
            throw LoginError(
                .missing, for: host,
                detail: "the file \(file.path) does not exist; log in or correct its path")
        }
        return config
    }

    /// What a helper has. One that is not installed has nothing, which is told once: a configuration that was
    /// brought from another machine must not bar what needs no login.
    private func login(of name: String, for host: String) async throws(LoginError) -> Login? {
        do {
            let login = try await helper(name).login(for: host)
            return login == .anonymous ? nil : login
        } catch {
            guard error.kind == .missing else { throw error }
            if missing.insert(name).inserted {
                logger?.warning(
                    "a credential helper is missing; going on without it", metadata: ["text": "\(error)"])
            }
            return nil
        }
    }

    private func helper(_ name: String) -> CredentialHelper {
        if let helper = helpers[name] { return helper }
        let helper = CredentialHelper(name: name, environment: environment, time: time)
        helpers[name] = helper
        return helper
    }
}

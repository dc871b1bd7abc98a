import OCI

/// A login in environment variables.
public struct EnvironmentLogin: LoginSource {
    /// Which variables hold what.
    public enum Names: Sendable, Hashable {
        /// A user name and a password.
        case basic(username: String, password: String)
        /// A registry token.
        case token(String)
    }

    private let names: Names
    private let environment: LoginEnvironment

    /// Names the variables and where to look for them.
    public init(_ names: Names, in environment: LoginEnvironment) {
        self.names = names
        self.environment = environment
    }

    /// The login that the variables hold.
    public func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login {
        switch names {
        case .basic(let username, let password):
            .basic(username: try value(username, host), password: Secret(try value(password, host)))
        case .token(let name): .bearer(Secret(try value(name, host)))
        }
    }

    private func value(_ name: String, _ host: String) throws(LoginError) -> String {
        guard let value = environment[name] else {
            throw LoginError(
                .missing, for: host, detail: "the environment variable \(name) is not set; set it")
        }
        return value
    }
}

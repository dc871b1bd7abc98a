import OCI

/// A login that a program `docker-credential-NAME` keeps, asked as docker asks it.
public struct HelperLogin: LoginSource {
    private let helper: CredentialHelper

    /// Names the helper and the surroundings it is run in.
    public init(name: String, in environment: LoginEnvironment, time: Timekeeper = .system) {
        helper = CredentialHelper(name: name, environment: environment, time: time)
    }

    /// What the helper has for a host; nothing where it knows none.
    public func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login {
        try await helper.login(for: host)
    }

    /// Has the helper asked again.
    public func refused(_ login: Login, for host: String, repository: RepositoryName?) async {
        await helper.forget(login, for: host)
    }
}

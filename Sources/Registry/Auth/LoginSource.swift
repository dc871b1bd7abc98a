import OCI

/// Where logins come from: a file, a program, the environment.
public protocol LoginSource: Sendable {
    /// Finds the login for a registry's canonical name (`host[:port]`) and one of its repositories.
    func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login

    /// Is told that a login was refused, so that a source that remembers looks again.
    func refused(_ login: Login, for host: String, repository: RepositoryName?) async
}

extension LoginSource {
    /// Forgets nothing, since nothing is remembered.
    public func refused(_ login: Login, for host: String, repository: RepositoryName?) async {}
}

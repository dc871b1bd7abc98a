import OCI

/// Where logins come from: a file, a program, the environment.
public protocol LoginSource: Sendable {
    /// Finds the login for a host (`host[:port]`, the canonical name of a registry) and one of its repositories.
    func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login

    /// Is told that a login was refused, so that a source that remembers looks again.
    func refused(_ login: Login, for host: String, repository: RepositoryName?) async
}

extension LoginSource {
    /// Forgets nothing, since nothing is remembered.
    public func refused(_ login: Login, for host: String, repository: RepositoryName?) async {}
}

/// The ability of a login source to be bound to hosts by its owner.
public protocol HostBound: LoginSource {
    /// Says whether the login for a repository may be sent to a host (`host[:port]`).
    func verdict(on host: String, repository: RepositoryName?) -> HostVerdict
}

/// What the owner of a credential said of a host.
public enum HostVerdict: Sendable, Hashable {
    /// The credential is meant for it.
    case allowed
    /// The credential, of this name, is meant for others.
    case forbidden(credential: String)
    /// Nothing was said.
    case unsaid
}

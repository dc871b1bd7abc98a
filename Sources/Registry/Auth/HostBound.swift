import OCI

/// The ability of a login source to be bound to hosts by its owner.
public protocol HostBound: LoginSource {
    /// Says whether the login for a repository may be sent to a host (`host[:port]`).
    func verdict(on host: String, repository: RepositoryName?) -> HostVerdict
}

import OCI

/// The source that never has anything to show.
public struct AnonymousLogin: LoginSource {
    /// Makes the source.
    public init() {}

    /// Nothing, for any host.
    public func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login {
        .anonymous
    }
}

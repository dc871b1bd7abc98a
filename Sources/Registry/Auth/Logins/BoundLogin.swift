import OCI

/// A source whose logins are shown to the hosts that its owner listed, and to no other.
public struct BoundLogin: HostBound, AgingLogins {
    private let source: any LoginSource
    private let credential: String
    private let hosts: [String]
    private let patterns: [HostPattern]

    /// Binds a source to host patterns; without any, it stays as free as it was. `credential` is its name.
    public init(_ source: any LoginSource, credential: String, hosts: [String]) {
        self.source = source
        self.credential = credential
        self.hosts = hosts
        patterns = hosts.map(HostPattern.init)
    }

    /// The login, where the host is one of the listed ones.
    public func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login {
        if case .forbidden = verdict(on: host, repository: repository) {
            throw LoginError(
                .forbiddenHost, for: host,
                detail: "the credential '\(credential)' is only for \(hosts.joined(separator: ", ")); "
                    + "add '\(host)' to its hosts if that is right")
        }
        return try await source.login(for: host, repository: repository)
    }

    /// Passes it on.
    public func refused(_ login: Login, for host: String, repository: RepositoryName?) async {
        await source.refused(login, for: host, repository: repository)
    }

    /// Passes it on.
    public func renewal(of login: Login) async -> ContinuousClock.Instant? {
        await (source as? any AgingLogins)?.renewal(of: login)
    }

    /// Allowed where one of the patterns matches.
    public func verdict(on host: String, repository: RepositoryName?) -> HostVerdict {
        if patterns.isEmpty {
            return (source as? any HostBound)?.verdict(on: host, repository: repository) ?? .unsaid
        }
        return patterns.contains { $0.matches(host) } ? .allowed : .forbidden(credential: credential)
    }
}

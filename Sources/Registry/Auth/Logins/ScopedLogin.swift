import OCI

/// Several sources for one registry, each for some of its repositories; the first that matches counts.
public struct ScopedLogin: HostBound {
    /// One of the sources, and which repositories it is for.
    public struct Choice: Sendable {
        /// Says which repositories these are; without it, all of them and what concerns none, as the catalog.
        public var matches: (@Sendable (RepositoryName) -> Bool)?
        /// Where their login is found.
        public var source: any LoginSource

        /// Pairs a source with its repositories.
        public init(_ source: any LoginSource, for matches: (@Sendable (RepositoryName) -> Bool)? = nil) {
            self.matches = matches
            self.source = source
        }
    }

    private let choices: [Choice]
    private let otherwise: any LoginSource

    /// Lists the sources; the last one is for what none of them matches.
    public init(_ choices: [Choice], otherwise: any LoginSource = AnonymousLogin()) {
        self.choices = choices
        self.otherwise = otherwise
    }

    /// The login of the source that matches.
    public func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login {
        try await source(for: repository).login(for: host, repository: repository)
    }

    /// Tells the source that matches.
    public func refused(_ login: Login, for host: String, repository: RepositoryName?) async {
        await source(for: repository).refused(login, for: host, repository: repository)
    }

    /// What the owner of the source that matches said.
    public func verdict(on host: String, repository: RepositoryName?) -> HostVerdict {
        (source(for: repository) as? any HostBound)?.verdict(on: host, repository: repository) ?? .unsaid
    }

    private func source(for repository: RepositoryName?) -> any LoginSource {
        let choice = choices.first { choice in
            guard let matches = choice.matches else { return true }
            return repository.map(matches) ?? false
        }
        return choice?.source ?? otherwise
    }
}

import OCI

extension RepositorySelector {
    /// Which repositories are meant cannot be told without the registry's catalog.
    var needsCatalog: Bool {
        switch self {
        case .named: false
        case .matching(let include, _): include.isEmpty || !include.allSatisfy(\.isLiteral)
        }
    }

    /// Tells whether a repository is named in full, and so is missed where the source lacks it.
    func names(_ repository: RepositoryName) -> Bool {
        switch self {
        case .named(let name): name == repository
        case .matching(let include, _): include.contains { $0.literal == repository.description }
        }
    }

    /// The repositories that are meant, sorted: those named in full, and those of the catalog that match.
    func repositories(in catalog: [RepositoryName]) -> [RepositoryName] {
        guard case .matching(let include, let exclude) = self else {
            if case .named(let name) = self { return [name] }
            return []
        }
        let named = include.compactMap(\.literal).compactMap { try? RepositoryName($0) }
        let found = catalog.filter { repository in
            include.isEmpty || include.contains { $0.matches(repository.description) }
        }
        return Set(named + found)
            .filter { repository in !exclude.contains { $0.matches(repository.description) } }
            .sorted()
    }
}

import OCI

extension Selection {
    /// Decides what a rule wants.
    ///
    /// Several entries for one repository are a union. A named repository's tags that `include` names in full
    /// are wanted even where the source does not list them (so that their absence is told), unless `newest`
    /// counts tags. A pin says what its tag must be, whatever the entry's `tags` say of it.
    /// - Parameters:
    ///   - rule: The rule.
    ///   - sourceHost: The host of its source registry, for `{registry}`.
    ///   - repositories: The source's catalog, where `needsCatalog(_:)` asks for it.
    ///   - tags: The tags that `repositoriesNeedingTags(_:catalog:)` asks for, as the source lists them.
    public static func select(
        rule: Replication, sourceHost: String, repositories: [RepositoryName] = [],
        tags: [RepositoryName: [String]] = [:]
    ) -> Selection {
        var builder = SelectionBuilder(rule: rule, sourceHost: sourceHost)
        for entry in rule.images {
            for repository in entry.repositories.repositories(in: repositories) {
                builder.add(entry, repository, listed: tags[repository] ?? [])
            }
        }
        return builder.selection
    }

    /// Tells whether the source's catalog must be read to know which repositories a rule means.
    public static func needsCatalog(_ rule: Replication) -> Bool {
        rule.images.contains { $0.repositories.needsCatalog }
    }

    /// The source repositories whose tags must be listed, sorted: those with a pattern among their selectors,
    /// and those found by a pattern, where a tag named in full is wanted only if it is there.
    public static func repositoriesNeedingTags(
        _ rule: Replication, catalog: [RepositoryName] = []
    ) -> [RepositoryName] {
        var needing: Set<RepositoryName> = []
        for entry in rule.images {
            guard let selector = entry.tags else { continue }
            let repositories = entry.repositories.repositories(in: catalog)
            needing.formUnion(
                repositories.filter { selector.literalTags == nil || !entry.repositories.names($0) })
        }
        return needing.sorted()
    }
}

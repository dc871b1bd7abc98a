import OCI

/// Which tag lists a shard needs: where the names at the destination follow from the source repositories alone, those
/// of the repositories that fall to it.
///
/// Lists of others are needed, too, where what they hold could collide: each shard then refuses what any of them would.
public struct ShardScope: Sendable {
    private let shard: Shard
    private var targets: [Origin: Set<Target>] = [:]
    private var own: Set<Target> = []
    private var feeds: [Target: Set<Feed>] = [:]
    /// Destinations at which repositories are named by tags.
    private var open: Set<String> = []
    private var whole: Set<String> = []

    /// A source repository, as a rule names it.
    private struct Origin: Hashable {
        var rule: String
        var repository: RepositoryName
    }

    /// A repository at a destination; `nil` where its name follows from tags, or can't be made.
    private struct Target: Hashable {
        var place: String
        var repository: RepositoryName?
    }

    /// What tells the images apart that go to one repository with equal tags.
    private struct Feed: Hashable {
        var source: String
        var repository: RepositoryName
        var tag: NameTemplate
        var platforms: PlatformChoice?
        var pins: [Tag: Digest]
    }

    /// - Parameters:
    ///   - shard: whose lists are meant.
    ///   - rules: those that run.
    ///   - registries: what the manifests say of registries.
    ///   - catalogs: the repositories of the sources that are listed.
    public init(
        _ shard: Shard, rules: [Replication], registries: [String: RegistryDeclaration],
        catalogs: [String: [RepositoryName]]
    ) {
        self.shard = shard
        for rule in rules {
            // Whether it selects anything at all is for each shard to say.
            if rule.requireMatch { whole.insert(rule.name) }
            for entry in rule.images {
                for repository in entry.repositories.repositories(in: catalogs[rule.source] ?? []) {
                    add(rule, entry, repository, registries)
                }
            }
        }
    }

    /// Whether this shard needs the tags of a source repository.
    public func needsTags(of repository: RepositoryName, for rule: Replication) -> Bool {
        if whole.contains(rule.name) { return true }
        let targets = targets[Origin(rule: rule.name, repository: repository)] ?? []
        return targets.contains { isOwn($0) || mayCollide($0) }
    }

    /// Whether something of a source repository may be this shard's.
    public func mayOwn(_ repository: RepositoryName, of rule: Replication) -> Bool {
        (targets[Origin(rule: rule.name, repository: repository)] ?? []).contains(where: isOwn)
    }

    private func isOwn(_ target: Target) -> Bool { own.contains(target) }

    private func mayCollide(_ target: Target) -> Bool {
        guard !open.contains(target.place), let feeds = feeds[target], feeds.count == 1 else { return true }
        // Of one source's tags no two become one, unless the template forgets them.
        return !feeds.allSatisfy { $0.tag.dependsOnTag }
    }

    private mutating func add(
        _ rule: Replication, _ entry: ImageEntry, _ repository: RepositoryName,
        _ registries: [String: RegistryDeclaration]
    ) {
        let destination = entry.destination ?? rule.destination
        let place = registries[destination.registry]?.place ?? destination.registry
        var target = Target(place: place)
        if destination.repository.dependsOnTag {
            open.insert(place)
        } else {
            target.repository =
                DestinationNamer(
                    destination: destination, sourceHost: registries[rule.source]?.label ?? rule.source,
                    repository: repository
                ).fixedRepository
        }
        targets[Origin(rule: rule.name, repository: repository), default: []].insert(target)
        if feeds[target] == nil, target.repository.map(shard.owns) ?? true { own.insert(target) }
        feeds[target, default: []].insert(
            Feed(
                source: registries[rule.source]?.place ?? rule.source, repository: repository,
                tag: destination.tag, platforms: entry.platforms, pins: entry.pins))
    }
}

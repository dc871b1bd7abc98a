import Desired
import OCI
import Registry

/// What the sources hold and what the rules select of it: the first part of a pass.
public struct Survey: Sendable {
    /// The wanted images of all rules, in the order of rule, repository and tag.
    public var claims: [Claim] = []
    /// What became of each tag that was looked at, by rule.
    public var decisions: [String: [Selection.Decision]] = [:]
    /// What failed, one line each: a listing, a name that can't be.
    public var faults: [String] = []
    /// Rules of which a list failed in a way that may pass, and the failure.
    public var unlisted: [String: RegistryError] = [:]
    /// What a person should know, one line each.
    public var warnings: [String] = []
    /// Different sources for one destination tag; a pass with any of them moves nothing.
    public var collisions: [Collision] = []
    /// Requests made for lists.
    public var requests = 0
    /// The lists, for whoever needs more of them.
    var lists: ListMemo?

    /// Nothing yet.
    public init() {}

    /// A list of a rule is missing.
    mutating func miss(_ rule: Replication, _ error: RegistryError) {
        faults.append("rule \(rule.name): \(error.on(.source))")
        if error.isTransient || error.outage != nil { unlisted[rule.name] = error }
    }
}

/// Lists what rules need to be listed, and selects.
public struct Surveyor: Sendable {
    private let places: Places
    private let hosts: [String: String]
    private let labels: [String: String]
    private let registries: [String: RegistryDeclaration]
    private let shard: Shard?

    /// - Parameters:
    ///   - places: the opened registries.
    ///   - registries: what the manifests say of them.
    ///   - shard: the part of the work that is this pass's.
    public init(places: Places, registries: [String: RegistryDeclaration], shard: Shard? = nil) {
        self.places = places
        self.registries = registries
        self.shard = shard
        hosts = registries.mapValues(\.place)
        labels = registries.mapValues(\.label)
    }

    /// Surveys rules; suspended ones are left out with a warning.
    public func survey(_ rules: [Replication]) async -> Survey { await survey(rules, ListMemo(places)) }

    /// The same, where some lists are known.
    func survey(_ rules: [Replication], _ lists: ListMemo) async -> Survey {
        var survey = Survey()
        let active = rules.filter { !$0.suspend }
        survey.warnings = rules.filter(\.suspend).map { "rule \($0.name): suspended, not looked at" }
        let scope = await fetchLists(for: active, lists)
        for rule in active { await add(rule, to: &survey, lists, scope) }
        survey.claims = Self.merged(survey.claims, host: host)
        survey.collisions = Selection.collisions(among: survey.claims, host: host)
        if let shard, let scope { survey.keep(shard, scope, active) }
        survey.requests = await lists.requests
        survey.lists = lists
        return survey
    }

    /// Asks for all lists side by side; what comes is remembered, failures too. A part of the work needs a part of
    /// them.
    private func fetchLists(for rules: [Replication], _ lists: ListMemo) async -> ShardScope? {
        _ = await rules.filter(Selection.needsCatalog).mapBounded(by: 16) { rule in
            try? await lists.catalog(of: rule.source)
        }
        var catalogs: [String: [RepositoryName]] = [:]
        for rule in rules where Selection.needsCatalog(rule) {
            catalogs[rule.source] = (try? await lists.catalog(of: rule.source)) ?? []
        }
        let scope = shard.map {
            ShardScope($0, rules: rules, registries: registries, catalogs: catalogs)
        }
        var wanted: [String: Set<RepositoryName>] = [:]
        for rule in rules {
            let catalog = Selection.needsCatalog(rule) ? catalogs[rule.source] ?? [] : []
            wanted[rule.source, default: []].formUnion(
                Self.listed(Selection.repositoriesNeedingTags(rule, catalog: catalog), rule, scope))
        }
        _ = await Array(wanted).mapBounded(by: 16) { registry, repositories in
            await lists.tags(of: repositories.sorted(), at: registry)
        }
        return scope
    }

    private static func listed(_ repositories: [RepositoryName], _ rule: Replication, _ scope: ShardScope?)
        -> [RepositoryName]
    {
        guard let scope else { return repositories }
        return repositories.filter { scope.needsTags(of: $0, for: rule) }
    }

    private func add(
        _ rule: Replication, to survey: inout Survey, _ lists: ListMemo, _ scope: ShardScope?
    ) async {
        let faultsBefore = survey.faults.count
        var catalog: [RepositoryName] = []
        if Selection.needsCatalog(rule) {
            do throws(RegistryError) { catalog = try await lists.catalog(of: rule.source) } catch {
                survey.miss(rule, error)
                return
            }
        }
        let all = Selection.repositoriesNeedingTags(rule, catalog: catalog)
        let wanted = Self.listed(all, rule, scope)
        let listings = await lists.tags(of: wanted, at: rule.source)
        var tags: [RepositoryName: [String]] = [:]
        for (repository, listing) in listings {
            switch listing {
            case .success(.absent):
                // What the catalog alone names may be emptied, or have been pushed by half.
                guard Self.isNamed(repository, by: rule) else { continue }
                survey.faults.append(Self.noRepository(rule, repository, host(rule.source)))
            case .success(let listing): tags[repository] = listing.tags
            case .failure(let error): survey.miss(rule, error)
            }
        }
        let selection = Selection.select(
            rule: rule, sourceHost: labels[rule.source] ?? rule.source, repositories: catalog, tags: tags)
        survey.claims += selection.claims
        survey.decisions[rule.name] = selection.decisions
        survey.faults += selection.faults.map { "rule \(rule.name): \($0)" }
        // What was not listed may hold what another shard finds.
        guard selection.claims.isEmpty, survey.faults.count == faultsBefore, wanted.count == all.count
        else { return }
        let line = "rule \(rule.name): it selects nothing; 'davit select' tells why"
        if rule.requireMatch { survey.faults.append(line) } else { survey.warnings.append(line) }
    }

    func host(_ registry: String) -> String { hosts[registry] ?? registry }

    private static func isNamed(_ repository: RepositoryName, by rule: Replication) -> Bool {
        rule.images.contains { if case .named(repository) = $0.repositories { true } else { false } }
    }

    private static func noRepository(_ rule: Replication, _ repository: RepositoryName, _ host: String)
        -> String
    {
        "rule \(rule.name): source: \(host) has no repository \(repository)"
    }

    /// Two rules may want the same; the first one's claim stays.
    static func merged(_ claims: [Claim], host: (String) -> String) -> [Claim] {
        var seen: Set<[String]> = []
        return claims.filter { claim in
            seen.insert([
                host(claim.sourceRegistry), claim.sourceRepository.description, claim.sourceTag.description,
                claim.pin?.description ?? "", claim.platforms?.description ?? "",
                host(claim.destinationRegistry),
                claim.destinationRepository.description, claim.destinationTag.description,
            ]).inserted
        }
    }
}

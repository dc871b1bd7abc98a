import OCI
import Registry

/// Lists of a pass, each asked for once, however many rules need it.
actor ListMemo {
    /// What asking for the tags of a repository came to.
    typealias Listing = Result<TagListing, RegistryError>

    private let places: Places
    private let catalogs = Memo<String, Result<[RepositoryName], RegistryError>>()
    private var listings: [String: [RepositoryName: Listing]] = [:]
    /// How many lists were asked for.
    private(set) var requests = 0

    init(_ places: Places) { self.places = places }

    /// The repositories of a registry.
    func catalog(of registry: String) async throws(RegistryError) -> [RepositoryName] {
        let listing = try await catalogs.value(for: registry) {
            () async -> Result<[RepositoryName], RegistryError> in
            await self.count(1, at: registry)
            // A failure is remembered, too: all rules of the registry share it.
            do throws(RegistryError) {
                return .success(try await self.places.backend(registry).repositories())
            } catch { return .failure(error) }
        }
        return try listing.get()
    }

    /// Counts lists; a place that remembers what they told counts by itself.
    private func count(_ count: Int, at registry: String) {
        if (try? places.backend(registry))?.asRecalling == nil { requests += count }
    }

    /// Lets what failed be asked for again.
    func forgetFailures() async {
        listings = listings.mapValues { $0.filter { if case .success = $0.value { true } else { false } } }
        await catalogs.forget { if case .failure = $0 { true } else { false } }
    }

    /// The tags of repositories, asked for side by side; the registry's own limit bounds how many at once.
    func tags(of repositories: [RepositoryName], at registry: String) async -> [(RepositoryName, Listing)] {
        var answers = listings[registry, default: [:]]
        let missing = repositories.filter { answers[$0] == nil }
        count(missing.count, at: registry)
        let places = places
        let fresh = await missing.mapBounded(by: 64) { repository in
            do throws(RegistryError) {
                let place = try places.backend(registry)
                let listing = try await place.tags(in: repository)
                guard let archiving = place.asArchiving, case .tags(let tags) = listing else {
                    return Listing.success(listing)
                }
                let archived = await archiving.archivedTags(in: repository)
                return Listing.success(.tags(tags.filter { !archived.contains($0) }))
            } catch { return .failure(error) }
        }
        for (repository, listing) in zip(missing, fresh) {
            listings[registry, default: [:]][repository] = listing
            answers[repository] = listing
        }
        return repositories.compactMap { repository in answers[repository].map { (repository, $0) } }
    }
}

extension Array where Element: Sendable {
    /// Maps with at most so many tasks at once; the order is kept.
    func mapBounded<Value: Sendable>(
        by limit: Int, _ transform: @escaping @Sendable (Element) async -> Value
    ) async -> [Value] {
        await withTaskGroup(of: (Int, Value).self) { group in
            var values: [Int: Value] = [:]
            var started = 0
            for element in self {
                if started >= limit, let (index, value) = await group.next() { values[index] = value }
                let index = started
                group.addTask { (index, await transform(element)) }
                started += 1
            }
            while let (index, value) = await group.next() { values[index] = value }
            return indices.compactMap { values[$0] }
        }
    }
}

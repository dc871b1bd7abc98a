import OCI

/// Gathers what the entries of one rule decide, repository by repository.
struct SelectionBuilder {
    let rule: Replication
    let sourceHost: String

    private var claims: [ClaimKey: [Claim]] = [:]
    private var repositories: [RepositoryName: TagFates] = [:]
    private var faults: [String] = []
    private var knownFaults: Set<String> = []

    /// What makes two claims of one rule the same but for their pins.
    private struct ClaimKey: Hashable {
        var source: RepositoryName
        var sourceTag: Tag
        var destination: RepositoryName
        var destinationTag: Tag
        var platforms: PlatformChoice?
    }

    init(rule: Replication, sourceHost: String) {
        self.rule = rule
        self.sourceHost = sourceHost
    }

    /// Everything so far, in order.
    var selection: Selection {
        var result = Selection()
        result.claims = claims.values.joined()
            .map { (claim: $0, order: ClaimOrder($0)) }.sorted { $0.order < $1.order }.map(\.claim)
        result.decisions = repositories.sorted { $0.key < $1.key }.flatMap { $0.value.decisions(in: $0.key) }
        result.faults = faults
        return result
    }

    /// Judges the tags of one repository by one entry, and claims those that it keeps.
    mutating func add(_ entry: ImageEntry, _ repository: RepositoryName, listed: [String]) {
        var namer = DestinationNamer(
            destination: entry.destination ?? rule.destination, sourceHost: sourceHost, repository: repository
        )
        var fates = repositories.removeValue(forKey: repository) ?? TagFates()
        for decision in entry.decisions(on: repository, listed: listed) {
            guard decision.kept, let tag = try? Tag(decision.tag) else {
                fates.drop(decision.tag, because: decision.reason)
                continue
            }
            do throws(NamingFault) {
                let place = try namer.place(of: tag)
                claim(entry, repository, tag, place)
                fates.keep(decision.tag, because: decision.reason, at: place.description)
            } catch {
                fates.drop(decision.tag, because: error.reason)
                if knownFaults.insert(error.description).inserted { faults.append(error.description) }
            }
        }
        repositories[repository] = fates
    }

    /// Equal claims merge: the first one's `overwrite` stays, and a pin wins over none. Two different pins
    /// are two different images, and stay apart for the collision to be seen.
    private mutating func claim(
        _ entry: ImageEntry, _ repository: RepositoryName, _ tag: Tag, _ place: DestinationNamer.Place
    ) {
        let key = ClaimKey(
            source: repository, sourceTag: tag, destination: place.repository, destinationTag: place.tag,
            platforms: entry.platforms)
        let pin = entry.pins[tag]
        guard var same = claims[key] else {
            let claim = Claim(
                rule: rule.name, sourceRegistry: rule.source, sourceRepository: repository, sourceTag: tag,
                pin: pin, platforms: entry.platforms, destinationRegistry: rule.destination.registry,
                destinationRepository: place.repository, destinationTag: place.tag,
                overwrite: entry.overwrite ?? rule.overwrite,
                referrers: entry.referrers.map(\.policy) ?? rule.referrers)
            claims[key] = [claim]
            return
        }
        guard let pin, !same.contains(where: { $0.pin == pin }) else { return }
        var pinned = same[0]
        pinned.pin = pin
        if same[0].pin == nil { same[0] = pinned } else { same.append(pinned) }
        claims[key] = same
    }
}

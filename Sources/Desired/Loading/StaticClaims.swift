import OCI

/// The images whose names need no look at a registry: two sources that want one place are told before
/// anything runs.
struct StaticClaims {
    private let registries: [String: RegistryDeclaration]
    private let files: [String]
    private var claims: [Claim] = []
    private var places: [Claim: Place] = [:]
    private var unnameable: [Fault] = []

    /// Registries that are told apart by their hosts, and the names of the files for hints.
    init(registries: [String: RegistryDeclaration], files: [String]) {
        self.registries = registries
        self.files = files
    }

    /// Names that no registry takes, and places that two sources want.
    var faults: [Fault] {
        let hosts = registries.mapValues(\.place)
        let collisions = Selection.collisions(among: claims) { hosts[$0] ?? $0 }
        return unnameable
            + collisions.compactMap { collision in
                guard let place = places[collision.second], let first = places[collision.first] else {
                    return nil
                }
                return Fault(
                    "\(collision.destination.quoted) is wanted from two different sources", at: place,
                    hint: "the rule '\(collision.first.rule)' wants it from \(collision.firstSource)"
                        + " (\(files[first.file]):\(first.position))")
            }
    }

    /// Adds what a rule names outright. A suspended rule claims nothing.
    mutating func add(_ rule: Replication, _ places: RulePlaces) {
        guard !rule.suspend else { return }
        for (entry, places) in zip(rule.images, places.entries) {
            guard case .named(let repository) = entry.repositories else { continue }
            add(entry, repository, of: rule, places)
        }
    }

    private mutating func add(
        _ entry: ImageEntry, _ repository: RepositoryName, of rule: Replication, _ places: EntryPlaces
    ) {
        guard let source = registries[rule.source], let anyTag = try? Tag("tag") else { return }
        let (host, names) = (source.label, entry.destination ?? rule.destination)
        // What a registry of ECR is called is found out later.
        if source.ecr != nil, source.host.isEmpty, names.repository.text.contains("{registry}") { return }
        let target: RepositoryName
        do throws(RenderingError) {
            target = try names.repository.repositoryName(
                registryHost: host, repository: repository, tag: anyTag)
        } catch {
            return refuse(repository.description, error, at: places.repository ?? places.entry)
        }
        for tag in Set(entry.pins.keys).union(entry.tags?.literalTags ?? []).sorted() {
            let place = places.tags[tag] ?? places.entry
            do throws(RenderingError) {
                let claim = Claim(
                    rule: rule.name, sourceRegistry: rule.source, sourceRepository: repository,
                    sourceTag: tag,
                    pin: entry.pins[tag], platforms: entry.platforms,
                    destinationRegistry: rule.destination.registry,
                    destinationRepository: target,
                    destinationTag: try names.tag.tagName(
                        registryHost: host, repository: repository, tag: tag),
                    overwrite: entry.overwrite ?? rule.overwrite)
                claims.append(claim)
                if self.places[claim] == nil { self.places[claim] = place }
            } catch {
                refuse("\(repository):\(tag)", error, at: place)
            }
        }
    }

    private mutating func refuse(_ image: String, _ error: RenderingError, at place: Place) {
        unnameable.append(
            Fault("the destination can't name \(image.quoted): \(error.description)", at: place))
    }
}

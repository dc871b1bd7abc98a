import OCI

/// The images whose names need no look at a registry: two sources that want one place are told before anything runs.
struct StaticClaims {
    private let files: [String]
    private var claims: [Target: Claimed] = [:]

    private(set) var faults: [Fault] = []

    init(files: [String]) { self.files = files }

    private struct Target: Hashable {
        var host: String
        var repository: RepositoryName
        var tag: Tag
    }

    private struct Source: Hashable {
        var host: String
        var repository: RepositoryName
        var tag: Tag
    }

    private struct Claimed {
        var source: Source
        var pin: Digest?
        var rule: String
        var place: Place
    }

    /// Adds what a rule names outright. A suspended rule claims nothing.
    mutating func add(_ rule: Replication, _ places: RulePlaces, registries: [String: RegistryDeclaration]) {
        guard !rule.suspend, let source = registries[rule.source],
            let destination = registries[rule.destination.registry]
        else { return }
        for (entry, places) in zip(rule.images, places.entries) {
            guard case .named(let repository) = entry.repositories else { continue }
            let names = entry.destination ?? rule.destination
            let target = name(names.repository, .repository, host: source.host, repository, nil) {
                text throws(RepositoryNameError) in try RepositoryName(text)
            }
            guard let target = told(target, at: places.repositoryTemplate ?? places.entry) else { continue }
            for tag in Set(entry.pins.keys).union(entry.tags?.literalTags ?? []).sorted() {
                let place = places.tags[tag] ?? places.entry
                let made = name(names.tag, .tag, host: source.host, repository, tag) {
                    text throws(TagError) in try Tag(text)
                }
                guard let made = told(made, at: place) else { continue }
                let wanted = Source(host: source.host, repository: repository, tag: tag)
                claim(
                    Target(host: destination.host, repository: target, tag: made),
                    Claimed(source: wanted, pin: entry.pins[tag], rule: rule.name, place: place))
            }
        }
    }

    private func name<Name, Reason: Error & CustomStringConvertible>(
        _ template: NameTemplate, _ kind: TemplateText.Target, host: String, _ repository: RepositoryName,
        _ tag: Tag?,
        make: (String) throws(Reason) -> Name
    ) -> Result<Name, Problem>? {
        guard let parts = try? TemplateText(template.text, for: kind) else { return nil }
        var values = TemplateText.values(host: host, repository: repository)
        values["tag"] = tag?.description
        do throws(Reason) {
            return .success(try make(parts.filled(values)))
        } catch {
            let subject = tag.map { "\(repository):\($0)" } ?? repository.description
            return .failure(
                Problem(message: "\(template.text.quoted) can't name \(subject.quoted): \(error.description)")
            )
        }
    }

    private struct Problem: Error {
        var message: String
    }

    private mutating func told<Name>(_ result: Result<Name, Problem>?, at place: Place) -> Name? {
        switch result {
        case .success(let name): return name
        case .failure(let problem): faults.append(Fault(problem.message, at: place))
        case nil: break
        }
        return nil
    }

    private mutating func claim(_ target: Target, _ claimed: Claimed) {
        guard let first = claims[target] else {
            claims[target] = claimed
            return
        }
        let wanted = "\(target.host)/\(target.repository):\(target.tag)".quoted
        let place = "\(files[first.place.file]):\(first.place.position)"
        if first.source != claimed.source {
            let source = "\(first.source.host)/\(first.source.repository):\(first.source.tag)"
            faults.append(
                Fault(
                    "two sources want \(wanted)", at: claimed.place,
                    hint: "the rule '\(first.rule)' puts \(source) there (\(place))"))
        } else if let one = first.pin, let other = claimed.pin, one != other {
            faults.append(
                Fault(
                    "two digests are pinned for \(wanted)", at: claimed.place,
                    hint: "the first one is at \(place)"))
        } else if first.pin == nil {
            claims[target] = claimed
        }
    }
}

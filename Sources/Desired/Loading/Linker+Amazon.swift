import YAML

extension Linker {
    /// Checks which Credentials open others: they are there, hold keys of AWS, and none opens itself in the end.
    mutating func checkOpeners(in state: DesiredState) {
        var openers: [String: NamedPlace] = [:]
        for case .credential(let credential, let via?) in declarations.map(\.body) {
            if checkKeys(via, in: state) { openers[credential.name] = via }
        }
        var done: Set<String> = []
        for start in openers.keys.sorted() where !done.contains(start) {
            var seen: [String] = []
            var next = start
            while let via = openers[next], !done.contains(next) {
                seen.append(next)
                done.insert(next)
                next = via.name
            }
            guard let first = seen.firstIndex(of: next), let via = openers[next] else { continue }
            let circle = (seen[first...] + [next]).map { "'\($0)'" }.joined(separator: ", opened by ")
            faults.append(
                Fault(
                    "the Credential \(next.quoted) opens itself in the end", at: via.place, hint: circle))
        }
    }

    /// Checks that a Credential is there and can hold keys of AWS.
    private mutating func checkKeys(_ use: NamedPlace, in state: DesiredState) -> Bool {
        isKnown(use, as: .credential) && checkKind(use, in: state, "\(Self.keyKinds) can")
    }

    private static let keyKinds = "awsProfile, assumeRole, ssmParameter and secretsManager"

    /// Checks that a Credential which is there can hold keys of AWS.
    private mutating func checkKind(_ use: NamedPlace, in state: DesiredState, _ hint: String) -> Bool {
        guard let source = state.credentials[use.name]?.source, let kind = source.keyless else { return true }
        faults.append(
            Fault(
                "the Credential \(use.name.quoted) holds no keys of AWS: it is of kind '\(kind)'",
                at: use.place, hint: hint))
        return false
    }

    /// Checks that what opens a registry of ECR are keys of AWS, and the same for all of it; the public one needs none.
    mutating func checkKeys(_ uses: [NamedPlace], of registry: RegistryDeclaration, in state: DesiredState) {
        guard registry.ecr != nil || registry.isECRPublic, let first = uses.first else { return }
        if uses.count > 1 || registry.credentials.contains(where: { !$0.paths.isEmpty }) {
            faults.append(
                Fault(
                    "a registry of ECR is opened by one Credential, for all paths", at: first.place,
                    hint: "write 'credential: \(first.name.shortened())'"))
        }
        for use in uses {
            if registry.isECRPublic, state.credentials[use.name]?.source == .anonymous { continue }
            let other = registry.isECRPublic ? "; anonymous opens it without" : ""
            _ = checkKind(use, in: state, "\(Self.keyKinds) can" + other)
        }
    }

    /// Checks what a rule says of AWS.
    mutating func check(_ rule: Replication, _ places: RulePlaces, in state: DesiredState) {
        for use in places.via { _ = checkKeys(use, in: state) }
        guard let place = places.settings, let registry = state.registries[rule.destination.registry] else {
            return
        }
        if !registry.isLikeECR {
            faults.append(
                Fault(
                    "'createRepositories' has no effect with \(registry.label.quoted)", at: place,
                    hint: ECRHost.onlyHint))
        } else if registry.isLikeECRPublic {
            faults += places.privateSettings.map {
                Fault(ECRHost.unknownToPublic($0.name), at: $0.place)
            }
        }
    }

    /// Checks that no table takes records of two destinations: a record names none, and they would overwrite each other.
    mutating func checkTables(_ rules: [(Replication, RulePlaces)], in state: DesiredState) {
        var firsts: [StatusTable: (rule: String, registry: String, identity: String)] = [:]
        for (rule, places) in rules where !rule.suspend {
            guard let table = rule.statusTable, let place = places.table,
                let registry = state.registries[rule.destination.registry]
            else { continue }
            guard let first = firsts[table] else {
                firsts[table] = (rule.name, rule.destination.registry, registry.identity)
                continue
            }
            guard first.identity != registry.identity else { continue }
            faults.append(
                Fault(
                    "the table \(table.name.quoted) would hold records of two destinations, "
                        + "\(first.registry.quoted) and \(rule.destination.registry.quoted)", at: place,
                    hint:
                        "the rule \(first.rule.quoted) writes there too, and a record does not say of which "
                        + "registry it is; name another table"))
        }
    }

    /// Checks the names in a notice.
    mutating func check(_ places: NotificationPlaces, in state: DesiredState) {
        for rule in places.rules { _ = isKnown(rule, as: .replication) }
        if let via = places.via { _ = checkKeys(via, in: state) }
    }

    /// Adds the entries of a list that stands in a file; false where something in it is at fault.
    mutating func addList(to rule: inout Replication, _ places: inout RulePlaces, in state: DesiredState)
        -> Bool
    {
        guard case .file(let text, _) = rule.imageList, let file = places.listFile,
            let source = state.registries[rule.source]
        else { return true }
        // Nothing runs, and nobody reads more of it.
        guard
            faults.count < FaultList.limit || faults.count(where: { $0.severity == .error }) < FaultList.limit
        else { return false }
        let reading = ImageListText.read(text, for: rule, from: source)
        func place(_ spot: ListSpot) -> Place {
            Place(file: file, position: Position(line: spot.line, column: spot.column), width: spot.width)
        }
        rule.images += reading.entries
        places.entries += reading.spots.map {
            EntryPlaces(entry: place($0.first), tags: $0.tags.mapValues(place))
        }
        faults += reading.notes.map { note in
            Fault(
                "item \(note.item): \(note.message)", at: place(note.spot), hint: note.hint,
                severity: note.isFault ? .error : .warning)
        }
        return !reading.notes.contains(where: \.isFault)
    }
}

extension RegistryDeclaration {
    /// What tells it from other registries, as far as the manifests say: without an account that is what opens it.
    fileprivate var identity: String {
        if let named = ECRHost.registry(host) { return "ecr:\(named.account):\(named.region)" }
        guard ecr != nil, ecr?.account == nil else { return place }
        return ([place] + credentials.map(\.credential)).joined(separator: " ")
    }
}

extension Credential.Source {
    /// What it is called, where it can hold no keys of AWS.
    fileprivate var keyless: String? {
        switch self {
        case .dockerConfig: "dockerConfig"
        case .helper: "helper"
        case .environment, .environmentToken: "env"
        case .file: "file"
        case .anonymous: "anonymous"
        case .ssmParameter, .secretsManager, .awsProfile, .assumeRole: nil
        }
    }
}

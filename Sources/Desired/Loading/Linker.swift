import OCI

/// Follows the names that objects use for each other, once all objects are read.
struct Linker {
    let declarations: [Declaration]
    private let unknown: UnknownNames
    private let files: [String]
    private var names: [Kind: [String: Place]] = [:]

    var faults: [Fault] = []

    init(_ declarations: [Declaration], unknown: UnknownNames, files: [String]) {
        self.declarations = declarations
        self.unknown = unknown
        self.files = files
    }

    /// Checks every name, and gathers what could be read.
    mutating func link() -> DesiredState {
        for declaration in declarations { enroll(declaration) }
        var state = DesiredState()
        for declaration in declarations {
            if case .credential(let credential, _) = declaration.body {
                state.credentials[credential.name] = credential
            }
        }
        checkOpeners(in: state)
        for declaration in declarations {
            guard case .registry(let registry, let uses) = declaration.body else { continue }
            for use in uses { check(use, for: registry, in: state) }
            checkKeys(uses, of: registry, in: state)
            state.registries[registry.name] = registry
        }
        var whole: [(Replication, RulePlaces)] = []
        for declaration in declarations {
            guard case .rule(var rule, var places) = declaration.body else { continue }
            connect(&rule, places, &state)
            check(rule, places, in: state)
            let isRead = addList(to: &rule, &places, in: state)
            state.rules.append(rule)
            if declaration.isWhole, isRead { whole.append((rule, places)) }
        }
        checkTables(whole, in: state)
        for declaration in declarations {
            guard case .notification(let notification, let places) = declaration.body else { continue }
            check(places, in: state)
            state.notifications.append(notification)
        }
        var claims = StaticClaims(registries: state.registries, files: files)
        for (rule, places) in whole { claims.add(rule, places) }
        faults += claims.faults
        return state
    }

    private mutating func enroll(_ declaration: Declaration) {
        guard let first = names[declaration.kind]?[declaration.name] else {
            names[declaration.kind, default: [:]][declaration.name] = declaration.place
            return
        }
        faults.append(
            Fault(
                "there is another \(declaration.kind.rawValue) named \(declaration.name.quoted)",
                at: declaration.place,
                hint: "the first one is at \(files[first.file]):\(first.position)"))
    }

    private mutating func check(_ use: NamedPlace, for registry: RegistryDeclaration, in state: DesiredState)
    {
        guard isKnown(use, as: .credential) else { return }
        // What a registry of ECR is called on the wire is found out later.
        guard !registry.host.isEmpty else { return }
        guard let hosts = state.credentials[use.name]?.hosts, !hosts.isEmpty else { return }
        guard !hosts.contains(where: { Self.covers($0, registry.host) }) else { return }
        faults.append(
            Fault(
                "the Credential \(use.name.quoted) is never sent to \(registry.host.quoted)", at: use.place,
                hint: "its 'hosts' are \(hosts.joined(separator: ", "))"))
    }

    /// Whether there is, or may be, an object of that name; tells it where there can be none.
    mutating func isKnown(_ use: NamedPlace, as kind: Kind) -> Bool {
        let known = names[kind] ?? [:]
        guard known[use.name] == nil, !unknown.mayHold(use.name) else { return true }
        let hint = hint(for: use.name, among: known)
        faults.append(
            Fault(
                "no \(kind.rawValue) is named \(use.name.quoted)", at: use.place,
                hint: hint ?? "declare it in a document of 'kind: \(kind.rawValue)'"))
        return false
    }

    /// A guess looks at every name: where there are many names and many faults, it would take too long.
    private func hint(for name: String, among known: [String: Place]) -> String? {
        known.count * (faults.count + 1) < 100_000 ? Suggestion.hint(for: name, among: known.keys) : nil
    }

    /// Whether a credential for `pattern` goes to a host: a port that need not be written counts as not
    /// written, and Docker Hub goes by another name on the wire.
    private static func covers(_ pattern: String, _ host: String) -> Bool {
        let (pattern, host) = (portless(pattern), portless(host))
        guard pattern != host else { return true }
        let wire = host == HostName.dockerHub ? "registry-1." + host : host
        return pattern.hasPrefix("*.") && wire.hasSuffix(pattern.dropFirst())
    }

    private static func portless(_ host: String) -> Substring {
        host.hasSuffix(":443") ? host.dropLast(4) : host.hasSuffix(":80") ? host.dropLast(3) : host[...]
    }

    private mutating func connect(
        _ rule: inout Replication, _ places: RulePlaces, _ state: inout DesiredState
    ) {
        rule.source = registry(rule.source, at: places.source, &state)
        rule.destination.registry = registry(rule.destination.registry, at: places.destination, &state)
        let isHub = state.registries[rule.source]?.host == HostName.dockerHub
        for index in rule.images.indices {
            rule.images[index].destination?.registry = rule.destination.registry
            guard isHub, case .named(let name) = rule.images[index].repositories else { continue }
            rule.images[index].repositories = .named(Self.official(name))
        }
    }

    /// Docker Hub's official images are named without the `library/` that they stand under.
    private static func official(_ name: RepositoryName) -> RepositoryName {
        name.description.contains("/") ? name : (try? RepositoryName("library/" + name.description)) ?? name
    }

    /// A host for which a Registry is declared would be spoken to without its credential and its TLS.
    private mutating func refuse(_ host: String, at place: Place, declaredIn state: DesiredState) {
        let declared = names[.registry] ?? [:]
        let named = ECRHost.registry(host)
        let others = state.registries.values.filter { registry in
            guard declared[registry.name] != nil else { return false }
            guard let named, let ecr = registry.ecr else { return registry.host == host }
            return named.account == ecr.account && named.region == ecr.region
        }
        guard declared[host] == nil, let other = others.map(\.name).min() else { return }
        faults.append(
            Fault(
                "the Registry \(other.quoted) is for \(host.quoted)", at: place,
                hint: "name \(other.quoted) here: by its host it is used without its credential and 'tls'"))
    }

    /// The key under `registries` that a rule means; a host that no Registry is named for is added.
    private mutating func registry(_ name: String, at place: Place, _ state: inout DesiredState) -> String {
        let known = names[.registry] ?? [:]
        if known[name] != nil { return name }
        guard HostName.isLike(name) else {
            if !unknown.mayHold(name) {
                let hint = hint(for: name, among: known)
                faults.append(
                    Fault(
                        "no Registry is named \(name.quoted)", at: place,
                        hint: hint ?? "declare it in a document of 'kind: Registry', or write a host"))
            }
            return name
        }
        do throws(HostNameError) {
            let host = try HostName(name).text
            refuse(host, at: place, declaredIn: state)
            if known[host] == nil, state.registries[host] == nil {
                state.registries[host] = RegistryDeclaration(name: host, host: host)
            }
            return host
        } catch {
            faults.append(Fault(error.description, at: place))
            return name
        }
    }
}

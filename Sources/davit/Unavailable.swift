import Desired

/// What the language knows and the program does not do yet: it is refused, never passed over.
enum Unavailable {
    /// What is asked for in vain, one line each; whoever makes something of it takes its line out of here.
    static func uses(in state: DesiredState) -> [String] {
        state.registries.values.sorted { $0.name < $1.name }.compactMap(use)
            + state.rules.filter { !$0.suspend }.compactMap { use($0, in: state) }
    }

    /// A rule's own settings are of no more use than its registry's.
    private static func use(_ rule: Replication, in state: DesiredState) -> String? {
        guard rule.destination.createRepositories != nil,
            let registry = state.registries[rule.destination.registry], registry.ecr == nil
        else { return nil }
        return "'createRepositories' of the Replication \(rule.name), whose destination is "
            + (registry.isECRPublic ? "Amazon's public registry," : "not opened by keys of AWS,")
    }

    private static func use(_ registry: RegistryDeclaration) -> String? {
        guard registry.ecr == nil else { return nil }
        if registry.endpoints.api != nil, !registry.isECRPublic {
            return "'endpoints.api' of the Registry \(registry.name), which no keys of AWS open,"
        }
        return registry.createRepositories.map { _ in
            "'createRepositories' of the Registry \(registry.name)"
        }
    }
}

/// A part of the manifests that the program can't follow yet.
struct UnavailableError: Error, CustomStringConvertible {
    let uses: [String]

    var description: String { uses.map { "\($0) is not available yet" }.joined(separator: "; ") }
}

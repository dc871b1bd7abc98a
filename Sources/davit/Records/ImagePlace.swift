import Desired
import Reconcile

/// A destination's repository and tag, without the registry that they are at.
struct ImagePlace: Hashable {
    var repository: String
    var tag: String

    /// Takes `host/repository:tag` apart.
    ///
    /// - Parameter places: what may stand before the repository; of a folder's layouts, that holds slashes itself.
    init?(_ destination: String, at places: [String]) {
        let known = places.first { !$0.isEmpty && destination.hasPrefix($0 + "/") }
        let path =
            known.map { destination.dropFirst($0.count + 1) } ?? destination.drop { $0 != "/" }.dropFirst()
        guard let colon = path.lastIndex(of: ":") else { return nil }
        repository = String(path[..<colon])
        tag = String(path[path.index(after: colon)...])
        guard !repository.isEmpty, !tag.isEmpty else { return nil }
    }
}

extension DesiredState {
    /// What may stand before the repository in the name of an image at a rule's destination.
    func places(of rule: Replication) -> [String] {
        let name = rule.destination.registry
        return [registries[name]?.place ?? name, registries[name]?.host ?? name, name]
    }
}

extension ImageOutcome {
    /// What the Data Replication Hub called the choice between a whole index (`all`) and a part of it (`system`).
    func multiArchOption(_ rule: Replication?) -> String {
        if partOf != nil { return "system" }
        let images = rule?.images ?? []
        let isChosen = images.allSatisfy { $0.platforms != nil } && !images.isEmpty
        return isChosen && wanted == nil ? "system" : "all"
    }

    /// Whether it is one of those that a person should hear of.
    var isBad: Bool {
        switch result {
        case .failed, .missing, .cancelled: true
        case .blocked, .stale, .skipped: !acknowledged
        case .copied, .updated, .repaired, .inSync, .deferred: false
        }
    }
}

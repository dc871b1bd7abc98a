import Desired
import Registry

/// The registries of a pass, opened: where a rule's names lead to.
public struct Places: Sendable {
    private let backends: [String: any Backend]

    /// - Parameter backends: the opened registries, by the names that the manifests give them. Two names of one
    ///   host and credential should share one backend, so that they share its limits and tokens.
    public init(_ backends: [String: any Backend]) { self.backends = backends }

    /// The same registries for the time of one pass: those whose lists tell what tags stand for remember it.
    func recalling() -> Places {
        var known: [ObjectIdentifier: any RecallingBackend] = [:]
        return Places(
            backends.mapValues { backend in
                guard let listed = backend.asListed else { return backend }
                let identity = ObjectIdentifier(listed as AnyObject)
                let recalling = known[identity] ?? listed.recalling()
                known[identity] = recalling
                return recalling
            })
    }

    /// Those that remember what their lists told, each once.
    private var recalled: [any RecallingBackend] {
        let all = backends.values.compactMap { $0.asRecalling }
        return Array(
            Dictionary(all.map { (ObjectIdentifier($0 as AnyObject), $0) }, uniquingKeysWith: { $1 }).values)
    }

    /// How many requests it took to know what is remembered.
    var recalledRequests: Int {
        get async {
            var sum = 0
            for backend in recalled { sum += await backend.requests }
            return sum
        }
    }

    /// Lets what is remembered be asked for again.
    func forget() async { for backend in recalled { await backend.forget() } }

    /// What the registry of this canonical name mounts.
    func mounting(at place: String) async -> Mounting {
        await backends.values.first { $0.place == place }?.mounts ?? .anything
    }

    /// The canonical names of the registries, by the names that the manifests give them.
    public var hosts: [String: String] { backends.mapValues(\.place) }

    /// The registry of this name.
    func backend(_ name: String) throws(RegistryError) -> any Backend {
        guard let backend = backends[name] else {
            throw RegistryError(
                .unsupported, at: name, while: "open", "the registry", detail: "it was not opened")
        }
        return backend
    }
}

import Desired
import Registry

/// The registries of a pass, opened: where a rule's names lead to.
public struct Places: Sendable {
    private let backends: [String: any Backend]

    /// - Parameter backends: the opened registries, by the names that the manifests give them. Two names of one
    ///   host and credential should share one backend, so that they share its limits and tokens.
    public init(_ backends: [String: any Backend]) { self.backends = backends }

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

import Foundation
import Lab

/// Two registries with a counting proxy before each, and the program between them.
final class Crossing: Sendable {
    let source: DockerRegistry
    let destination: DockerRegistry
    let from: CountingProxy
    let to: CountingProxy
    let davit: Davit

    /// Starts both registries, the destination with what is wanted, and seeds the source.
    init(
        _ shape: Shape? = Shape(), destination state: DockerRegistry.Storage = .empty,
        variables: [String: String] = [:]
    ) throws {
        source = try DockerRegistry()
        destination = try DockerRegistry(.init { $0.storage = state })
        from = try CountingProxy(to: source.endpoint)
        to = try CountingProxy(to: destination.endpoint)
        davit = try Davit(variables)
        if let shape { try seed(shape) }
    }

    /// Pushes images of a shape to the source.
    func seed(_ shape: Shape) throws { try Seeder(source.endpoint).push(shape) }

    /// Pushes images to the source.
    func seed(_ images: [MadeImage]) throws {
        for image in images { try Seeder(source.endpoint).push(image) }
    }

    /// Writes a rule from source to destination into its own file.
    func write(_ rule: Rule = Rule()) throws {
        try davit.write(rule.yaml(from: from.host, to: to.host), to: "\(rule.name).yaml")
    }

    /// Forgets what was counted.
    func reset() {
        from.reset()
        to.reset()
    }

    /// Requests that write, at both sides.
    var writes: Int { from.counts.writes + to.counts.writes }

    /// All requests, at both sides.
    var requests: Int { from.counts.requests + to.counts.requests }

    /// What differs between the two sides, for every tag of a shape.
    func differences(_ shape: Shape = Shape()) async throws -> [String] {
        let verifier = Verifier(source: source.endpoint, destination: destination.endpoint)
        return try await offPool { try verifier.differences(shape) }
    }

    /// What differs between a repository and its copy.
    func differences(
        in repository: String, at target: String? = nil, tags: [String]? = nil
    ) async throws -> [String] {
        let verifier = Verifier(source: source.endpoint, destination: destination.endpoint)
        return try await offPool { try verifier.differences(in: repository, at: target, tags: tags) }
    }

    /// The digest that a tag of the destination stands for; nil when there is no such tag.
    func held(_ tag: String = "v001", in repository: String = "lab/r001") throws -> String? {
        try Self.digest(tag, in: repository, destination)
    }

    /// The tags of a repository of the destination.
    func heldTags(in repository: String = "lab/r001") throws -> [String] {
        try Verifier.tags(of: repository, RawClient(destination.endpoint))
    }

    /// A text in which what differs from run to run has been put out.
    func steady(_ text: String) -> String {
        let names = [(from.host, "SOURCE"), (to.host, "DESTINATION"), (davit.manifests, "MANIFESTS")]
        let told = names.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
        return told.replacingOccurrences(
            of: #"[0-9]+\.[0-9] s\b"#, with: "TIME", options: .regularExpression)
    }

    private static func digest(_ tag: String, in repository: String, _ registry: DockerRegistry) throws
        -> String?
    {
        try Verifier.manifest(tag, in: repository, RawClient(registry.endpoint)).map { Lab.digest(of: $0) }
    }
}

import Foundation

/// Compares what two registries hold, tag by tag and blob by blob, with a client of its own.
public struct Verifier: Sendable {
    /// The registry that is right.
    public let source: Endpoint
    /// The registry that should hold the same.
    public let destination: Endpoint
    private let sourceLogin: Login?
    private let destinationLogin: Login?

    /// Compares two registries.
    public init(
        source: Endpoint, destination: Endpoint, sourceLogin: Login? = nil, destinationLogin: Login? = nil
    ) {
        self.source = source
        self.destination = destination
        self.sourceLogin = sourceLogin
        self.destinationLogin = destinationLogin
    }

    /// All that is missing or different in the destination for every tag of a shape; empty when all is well.
    public func differences(_ shape: Shape, threads: Int = 4) throws -> [String] {
        let names = shape.repositoryNames
        let tags = shape.tagNames
        let found = Guarded<[String]>([])
        try inParallel(names.count, threads: threads) { index in
            let more = try differences(in: names[index], tags: tags)
            found.with { $0 += more }
        }
        return found.with { $0.sorted() }
    }

    /// All that is missing or different in one repository; `tags` are those of the source when nil.
    public func differences(
        in repository: String, at target: String? = nil, tags: [String]? = nil
    ) throws -> [String] {
        let from = RawClient(source, login: sourceLogin)
        let to = RawClient(destination, login: destinationLogin)
        var walk = Walk(repository: target ?? repository, client: to)
        for tag in try tags ?? Self.tags(of: repository, from) {
            guard let wanted = try Self.manifest(tag, in: repository, from) else {
                walk.faults.append("\(repository):\(tag) is not at the source")
                continue
            }
            try walk.follow(tag, wanted: digest(of: wanted))
        }
        return walk.faults
    }

    /// The tags of a repository; none when the registry does not know it.
    public static func tags(of repository: String, _ client: RawClient) throws -> [String] {
        struct List: Decodable { let tags: [String]? }
        let answer = try client.send("GET", "/v2/\(repository)/tags/list")
        guard answer.status == 200 else { return [] }
        return try (JSONDecoder().decode(List.self, from: Data(answer.body)).tags ?? []).sorted()
    }

    /// The bytes of a manifest under a tag or digest; nil when there is none.
    public static func manifest(
        _ reference: String, in repository: String, _ client: RawClient
    ) throws -> [UInt8]? {
        let target = "/v2/\(repository)/manifests/\(reference)"
        let answer = try client.send("GET", target, headers: ["Accept": MediaTypes.accept])
        guard answer.status != 404 else { return nil }
        guard answer.status == 200 else { throw LabError("GET \(target): \(answer.status) \(answer.text)") }
        return answer.body
    }
}

/// One way through a repository, everything looked at once.
private struct Walk {
    let repository: String
    let client: RawClient
    var seen: Set<String> = []
    var faults: [String] = []

    private struct Descriptor: Decodable {
        let digest: String
        let size: Int
        let urls: [String]?
    }

    private struct Document: Decodable {
        let config: Descriptor?
        let layers: [Descriptor]?
        let manifests: [Descriptor]?
    }

    init(repository: String, client: RawClient) {
        self.repository = repository
        self.client = client
    }

    mutating func follow(_ reference: String, wanted: String) throws {
        guard let bytes = try Verifier.manifest(reference, in: repository, client) else {
            return faults.append("\(repository):\(reference) is missing")
        }
        let algorithm = wanted.hasPrefix("sha512:") ? Algorithm.sha512 : .sha256
        let held = digest(of: bytes, by: algorithm)
        guard held == wanted else {
            return faults.append("\(repository):\(reference) is \(held), not \(wanted)")
        }
        let document = try JSONDecoder().decode(Document.self, from: Data(bytes))
        for child in document.manifests ?? [] where seen.insert(child.digest).inserted {
            try follow(child.digest, wanted: child.digest)
        }
        let blobs = (document.config.map { [$0] } ?? []) + (document.layers ?? [])
        for blob in blobs where (blob.urls ?? []).isEmpty && seen.insert(blob.digest).inserted {
            let answer = try client.send("HEAD", "/v2/\(repository)/blobs/\(blob.digest)")
            if answer.status != 200 {
                faults.append("\(repository)@\(blob.digest) is missing (\(answer.status))")
            } else if answer.headers["Content-Length"] != "\(blob.size)" {
                faults.append("\(repository)@\(blob.digest) has a wrong size")
            }
        }
    }
}

import Foundation
import Lab

/// ECR's registries in two accounts and some regions, a registry of another kind beside them, and the program with the
/// keys of one of the accounts.
final class ECRYard: Sendable {
    static let own = "111122223333"
    static let other = "444455556666"

    let front: ECRFront
    let davit: Davit

    /// Starts all of them.
    init(_ places: [ECRPlace] = [ECRPlace(own, "eu-west-1"), ECRPlace(own, "us-east-1")], moto: Bool = false)
        throws
    {
        front = try ECRFront(places, moto: moto)
        davit = try Davit(front.environment(as: Self.own, region: "eu-west-1"))
    }

    /// A front and a program with keys of its own.
    init(_ front: ECRFront, _ davit: Davit) { (self.front, self.davit) = (front, davit) }

    /// A Registry of an account in a region, as a document to be put behind a rule.
    func registry(
        _ name: String, _ place: ECRPlace, named: Bool = true, _ more: String = ""
    ) throws -> String {
        let url = try front.registryAddress(account: place.account, region: place.region)
        let account = named ? #"account: "\#(place.account)", "# : ""
        return """
            ---
            apiVersion: davit/v1
            kind: Registry
            metadata: { name: \(name) }
            spec: { ecr: { \(account)region: \(place.region) }, endpoints: { registry: "\(url)" }\(more) }

            """
    }

    /// Lays images into a place, past its API.
    func seed(_ images: [MadeImage], at place: ECRPlace) throws {
        let behind = try front.registry(account: place.account, region: place.region)
        for repository in Set(images.map(\.repository)).sorted() { try front.create(repository, at: place) }
        for image in images { try Seeder(behind.endpoint).push(image) }
        try front.adopt(place)
    }

    /// What differs between a registry and its copy in a place, for every tag of a shape.
    func differences(_ shape: Shape, from source: DockerRegistry, to place: ECRPlace) async throws -> [String]
    {
        let behind = try front.registry(account: place.account, region: place.region)
        let verifier = Verifier(source: source.endpoint, destination: behind.endpoint)
        return try await offPool { try verifier.differences(shape) }
    }

    /// How many requests came, of all kinds.
    func requests() throws -> Int { try front.counts().values.reduce(0, +) }
}

extension ECRFront {
    /// Whether boto3 reads the same tags and digests in a place as stand in its table, and how many tags those are.
    func agrees(with tags: Int, at place: ECRPlace) async throws -> Bool {
        let table = try contents(place).mapValues { $0.filter { !$0.key.isEmpty } }
        let listed = try await boto(
            BotoCall("ecr", "describe_repositories", region: place.region, page: 1_000), as: place.account)
        let names = (listed[0]["repositories"]?.list ?? []).compactMap { $0["repositoryName"]?.text }
        var read: [String: [String: String]] = [:]
        for name in names {
            let images = try await boto(
                BotoCall(
                    "ecr", "list_images", ["repositoryName": .text(name)], region: place.region, page: 1_000),
                as: place.account)
            for image in images[0]["imageIds"]?.list ?? [] {
                guard let tag = image["imageTag"]?.text else { continue }
                read[name, default: [:]][tag] = image["imageDigest"]?.text
            }
        }
        return read == table.filter { !$0.value.isEmpty } && read.values.reduce(0) { $0 + $1.count } == tags
    }
}

extension ECRPlace {
    static let here = ECRPlace(ECRYard.own, "eu-west-1")
    static let there = ECRPlace(ECRYard.own, "us-east-1")
}

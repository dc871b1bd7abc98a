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

extension ECRPlace {
    static let here = ECRPlace(ECRYard.own, "eu-west-1")
    static let there = ECRPlace(ECRYard.own, "us-east-1")
}

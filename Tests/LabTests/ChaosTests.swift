import Foundation
import Lab
import Testing

@Suite("Chaos plan") struct ChaosTests {
    private let registry: DockerRegistry
    private let blob: MadeBlob

    init() throws {
        registry = try DockerRegistry()
        blob = try MadeBlob.layer("chaos", size: 3_000)
        try Seeder(registry.endpoint).push(blob, to: "lab/a")
    }

    /// Whether each of some tags was answered as the registry does, asked for in an order.
    private func answers(seed: Int, _ tags: [Int]) throws -> [Int: Int] {
        let chaos = try Chaos(seed: seed, share: 0.4, before: registry, tokens: ChaosTokens())
        let proxy = try CountingProxy(to: registry.endpoint) { chaos($0) }
        var statuses: [Int: Int] = [:]
        for tag in tags {
            let answer = try? RawClient(proxy.endpoint).send("HEAD", "/v2/lab/a/manifests/v\(tag)")
            statuses[tag] = answer?.status ?? 0
        }
        #expect(chaos.exchanges == tags.count)
        #expect(chaos.spoiled == chaos.tally.values.reduce(0, +))
        return statuses
    }

    @Test("a seed means the same troubles, in whatever order requests come; another seed means others")
    func isSteady() throws {
        let first = try answers(seed: 1, Array(1...60))
        #expect(try answers(seed: 1, Array((1...60).reversed())) == first)
        #expect(try answers(seed: 2, Array(1...60)) != first)
        #expect((10...38).contains(first.values.filter { $0 != 404 }.count))
    }

    @Test("a body in drops is whole in the end, and takes its time")
    func trickles() throws {
        let proxy = try CountingProxy(to: registry.endpoint) { _ in
            .response(.trickle(bytes: 1_000, seconds: 0.1))
        }
        let began = Date()
        let answer = try RawClient(proxy.endpoint).send("GET", "/v2/lab/a/blobs/\(blob.digest)")
        #expect(try answer.body == blob.bytes)
        #expect(Date().timeIntervalSince(began) >= 0.3)
    }

    @Test("a registry's storage tells wrong bytes and open uploads")
    func storage() throws {
        #expect(try registry.wrongBytes() == [])
        #expect(try registry.openUploads() == [])
        let start = try RawClient(registry.endpoint).send("POST", "/v2/lab/a/blobs/uploads/")
        let name = try #require(start.headers["Docker-Upload-UUID"])
        #expect(try registry.openUploads() == ["lab/a/\(name)"])
        let sum = blob.digest.dropFirst(7)
        let file = "/docker/registry/v2/blobs/sha256/\(sum.prefix(2))/\(sum)/data"
        try Data("other".utf8).write(to: URL(fileURLWithPath: registry.storage + file))
        #expect(try registry.wrongBytes() == ["sha256/\(sum.prefix(2))/\(sum)/data"])
    }
}

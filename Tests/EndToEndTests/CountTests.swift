import Foundation
import Lab
import Testing

@Suite("Requests, counted on the wire", .serialized, .timeLimit(.minutes(2))) struct CountTests {
    /// 20 repositories of 10 tags with five small layers each, three in five of them shared.
    private let shape = Shape {
        $0.prefix = "w2/r"
        $0.repositories = 20
        $0.tags = 10
        $0.layerSizes = [2_048, 2_048, 2_048, 2_048, 2_048]
        $0.shareAcross = 0.2
        $0.shareInRepository = 0.4
    }

    private func rule(_ shape: Shape) -> Rule {
        Rule { $0.images = shape.repositoryNames.map { Rule.all($0) } }
    }

    /// What a debug build may hold at its peak, so that a growth with the work is seen here; the release build's
    /// 48 MiB are asserted by the benchmark.
    private let memory = 80 << 20

    private func reads(_ counts: Counts) -> Int {
        counts["GET manifest by tag"] + counts["GET manifest by digest"] + counts["GET blob"]
    }

    @Test("a cold copy of 200 images, a pass over them in sync, and 20 new tags among 220")
    func workloads() async throws {
        let crossing = try Crossing(shape)
        try crossing.write(rule(shape))

        let cold = try await crossing.davit("reconcile", "--quiet")
        #expect(cold.status == 0, "\(cold.errors)")
        #expect(cold.peakMemory < memory, "\(cold.peakMemory >> 20) MiB")
        // Source: 20 lists, 200 manifests, 641 blobs. Destination: 20 heads, 20 lists, 19 mounts, two requests for
        // each of 641 blobs, 200 puts; one question whether the source lists referrers. At most 2,450 are allowed.
        #expect(crossing.requests == 2_403)
        #expect(crossing.from.counts["GET blob"] == shape.distinctLayers + 200)
        #expect(crossing.to.counts.mounts == 19)
        #expect(try await crossing.differences(shape) == [])

        crossing.reset()
        let synced = try await crossing.davit("reconcile", "--quiet")
        #expect(synced.status == 0)
        #expect(synced.peakMemory < memory, "\(synced.peakMemory >> 20) MiB")
        // 20 lists, a head a tag and side, one question whether the source lists referrers. At most 425 are allowed.
        #expect(crossing.requests == 421)
        #expect(reads(crossing.from.counts) + reads(crossing.to.counts) + crossing.writes == 0)

        var more = shape
        more.incremental = 1
        try crossing.seed(more)
        crossing.reset()
        let added = try await crossing.davit("reconcile", "--quiet")
        #expect(added.status == 0, "\(added.errors)")
        #expect(added.peakMemory < memory, "\(added.peakMemory >> 20) MiB")
        // 20 lists, 420 heads, 20 manifests and 40 blobs read; 20 neighbours read, 40 blobs asked for, two requests
        // for each, 20 puts, one question. At most 685 are allowed.
        #expect(crossing.requests == 661)
        #expect(crossing.to.counts["PUT manifest by tag"] == 20)
        #expect(try await crossing.differences(more) == [])
    }

    @Test("a base layer in 20 repositories goes up once and is mounted 19 times")
    func mounts() async throws {
        let shape = Shape {
            $0.prefix = "w6/r"
            $0.repositories = 20
            $0.layerSizes = [4 << 20, 16 << 10]
            $0.shareAcross = 0.5
        }
        let crossing = try Crossing(shape)
        try crossing.write(rule(shape))
        let pass = try await crossing.davit("reconcile", "--quiet")
        #expect(pass.status == 0, "\(pass.errors)")
        let sent = crossing.to.counts
        #expect(sent.mounts == 19)
        #expect(sent["PUT upload"] == 1 + 20 + 20)
        #expect(crossing.requests == 243)
        #expect(sent.bytesUp < 4 << 20 + 20 * 40 << 10)
        #expect(try await crossing.differences(shape) == [])
    }

    @Test("limits.concurrency bounds the requests that are under way at a registry", arguments: [1, 3])
    func concurrency(most: Int) async throws {
        let shape = Shape {
            $0.repositories = 3
            $0.tags = 4
        }
        let crossing = try Crossing(shape)
        let limits = ", limits: { concurrency: \(most) }"
        try crossing.davit.write(
            Rule { $0.images = shape.repositoryNames.map { Rule.all($0) } }.yaml(from: "left", to: "right")
                + Rule.registry("left", crossing.from.host, limits)
                + Rule.registry("right", crossing.to.host, limits))
        // Answers that take a while, so that requests would overlap where they may.
        for proxy in [crossing.from, crossing.to] { proxy.setHook { _ in .hold(seconds: 0.02) } }
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(crossing.from.counts.mostAtOnce == most)
        #expect(crossing.to.counts.mostAtOnce == most)
        #expect(try await crossing.differences(shape) == [])
    }

    @Test("images that share layers crosswise end, one at a time and ten", arguments: [1, 10])
    func crosses(concurrency: Int) async throws {
        let layers = try ["x", "y", "z"].map { try MadeBlob.layer("cross/\($0)", size: 20_000) }
        let orders = [[0, 1], [1, 0], [1, 2], [2, 1], [2, 0], [0, 2]]
        let crossing = try Crossing(nil)
        for (place, order) in orders.enumerated() {
            try crossing.seed([Self.image("cross/r\(place)", order.map { layers[$0] })])
        }
        try crossing.write(
            Rule {
                $0.images = orders.indices.map { Rule.all("cross/r\($0)") }
                $0.more = ["concurrency: \(concurrency)"]
            })
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(pass.wall < 20)
        // Six configs are one and the same blob.
        #expect(crossing.to.counts["PUT upload"] == layers.count + 1)
        for place in orders.indices { #expect(try await crossing.differences(in: "cross/r\(place)") == []) }
    }

    /// An image with these very layers.
    private static func image(_ repository: String, _ layers: [MadeBlob]) -> MadeImage {
        let config = MadeBlob(Array("{}".utf8))
        let type = "application/vnd.oci.image.manifest.v1+json"
        let listed = layers.map {
            #"{"mediaType":"application/vnd.example.cargo","digest":"\#($0.digest)","size":\#($0.size)}"#
        }
        let json =
            #"{"schemaVersion":2,"mediaType":"\#(type)","config":{"mediaType":"application/vnd.example.bill","#
            + #""digest":"\#(config.digest)","size":2},"layers":[\#(listed.joined(separator: ","))]}"#
        return MadeImage(
            repository: repository, tag: "v1", blobs: layers + [config],
            manifests: [MadeManifest(json, mediaType: type)])
    }
}

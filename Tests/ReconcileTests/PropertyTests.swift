import Desired
import OCI
import Plan
import Registry
import Testing

import struct Lab.Random

@testable import Reconcile

/// What must hold for any set of images: a diff says what a reconcile then does, and after it nothing is left.
@Suite("Pass, for any images") struct PropertyTests {
    /// Images made at random: repositories that share layers, flat images or indexes that share children.
    private struct World {
        var repositories: [String: [String: SampleImage]] = [:]

        init(_ random: inout Random, indexes: Bool) throws {
            for repository in 0..<Int.random(in: 1...5, using: &random) {
                let most = repository == 0 && Bool.random(using: &random) ? 45 : 6
                for tag in 0..<Int.random(in: 1...most, using: &random) {
                    repositories["team/r\(repository)", default: [:]]["v\(tag)"] =
                        try indexes && Bool.random(using: &random) ? Self.index(&random) : Self.flat(&random)
                }
            }
        }

        static func flat(_ random: inout Random) throws -> SampleImage {
            let layers = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                String(repeating: "layer ", count: Int.random(in: 1...9, using: &random))
            }
            return try SampleImage("config \(Int.random(in: 0..<40, using: &random))", layers: layers)
        }

        static func index(_ random: inout Random) throws -> SampleImage {
            try SampleImage(
                index: ["amd64", "arm64", "s390x"].prefix(Int.random(in: 1...3, using: &random)).map { name in
                    (name, try flat(&random))
                })
        }

        func rules() throws -> [Replication] {
            [try Yard.rule(repositories.mapValues { $0.keys.sorted() })]
        }

        func pour(into registry: MemoryRegistry, where wanted: (String) -> Bool = { _ in true }) async throws
        {
            for (repository, tags) in repositories {
                for (tag, image) in tags where wanted("\(repository):\(tag)") {
                    try await registry.hold(image, repository, tag)
                }
            }
        }
    }

    @Test("an exact diff of empty destinations foretells requests and bytes", arguments: 0..<40)
    func cold(seed: Int) async throws {
        var random = Random(seed: UInt64(seed))
        let (yard, world) = (Yard(), try World(&random, indexes: true))
        try await world.pour(into: yard.source)
        try await check(yard, world, isExact: true)
    }

    @Test(
        "where destinations have a part of it, too, and no more is done than was foretold", arguments: 0..<40)
    func warm(seed: Int) async throws {
        var random = Random(seed: UInt64(seed) + 500)
        let (yard, world) = (Yard(), try World(&random, indexes: seed.isMultiple(of: 2)))
        try await world.pour(into: yard.source)
        let held = Set(
            world.repositories.flatMap { repository, tags in tags.keys.map { "\(repository):\($0)" } }
                .sorted()
                .filter { _ in Bool.random(using: &random) })
        try await world.pour(into: yard.destination) { held.contains($0) }
        for repository in world.repositories.keys where Bool.random(using: &random) {
            try await yard.destination.hold(World.flat(&random), repository, "v0")
        }
        try await check(yard, world, isExact: false)
    }

    /// Gives others a turn, now more and now less.
    private static let delay: MemoryRegistry.Interference = { _ in
        for _ in 0..<Int.random(in: 0...30) { await Task.yield() }
    }

    private func check(_ yard: Yard, _ world: World, isExact: Bool) async throws {
        let rules = try world.rules()
        let plan = await yard.diff(rules)
        for registry in [yard.source, yard.destination] { await registry.before(Self.delay) }
        let again = await yard.diff(rules)
        #expect(plan == again, "a diff says the same again, in whatever order the answers come")
        #expect(await yard.writes.isEmpty)
        await yard.forgetCalls()
        let report = await yard.pass(rules).reconcile()
        #expect(report.exitCode == 0)
        for registry in [yard.source, yard.destination] { await registry.before(nil) }
        let (requests, bytes) = (plan.lookRequests + plan.total.requests, plan.total.bytes)
        #expect(isExact ? await yard.requests == requests : await yard.requests <= requests)
        #expect(isExact ? report.bytes == bytes : report.bytes <= bytes)
        #expect(await yard.destination.holdings == yard.source.holdings)
        await yard.forgetCalls()
        let after = await yard.diff(rules)
        #expect(after.exitCode == 0)
        #expect(after.images.allSatisfy { $0.verdict == .inSync })
        #expect(await yard.requests == after.images.count * 2)
    }

    @Test(
        "brings a base layer of twenty repositories once, and mounts it nineteen times",
        arguments: [1, 10, 40])
    func sharedBase(concurrency: Int) async throws {
        let yard = Yard()
        var images: [String: [String]] = [:]
        for number in 1...20 {
            let image = try SampleImage("config \(number)", layers: ["base"])
            try await yard.source.hold(image, "team/r\(number)", "v1")
            images["team/r\(number)"] = ["v1"]
        }
        let rules = [try Yard.rule(images) { $0.concurrency = concurrency }]
        let report = await yard.pass(rules).reconcile()
        let base = Digest(hashing: Array("base".utf8))
        #expect(report.count(.copied) == 20)
        #expect(report.images.reduce(0) { $0 + $1.mounts } == 19)
        #expect(report.images.reduce(0) { $0 + $1.uploads } == 21)
        let reads = await yard.source.calls.filter { if case .readBlob(base, _) = $0 { true } else { false } }
        #expect(reads.count == 1)
    }

    @Test("sends a blob once for each repository where nothing is mounted")
    func withoutMounts() async throws {
        var options = MemoryRegistry.Options()
        options.mounts = false
        let yard = Yard(options)
        var images: [String: [String]] = [:]
        for number in 1...10 {
            for tag in ["v1", "v2"] {
                try await yard.source.hold(
                    SampleImage("config", layers: ["base", tag]), "team/r\(number)", tag)
            }
            images["team/r\(number)"] = ["v1", "v2"]
        }
        let report = await yard.pass([try Yard.rule(images)]).reconcile()
        #expect(report.count(.copied) == 20)
        let base = Digest(hashing: Array("base".utf8))
        #expect(await yard.writes.count { if case .putBlob(base, _, _) = $0 { true } else { false } } == 10)
    }

    @Test("ends with crossed sets of layers", .timeLimit(.minutes(3)), arguments: [1, 10])
    func crossed(concurrency: Int) async throws {
        let (yard, layers) = (Yard(), (0..<40).map { "layer \($0)" })
        var images: [String: [String]] = [:]
        for number in 0..<10 {
            let turned = Array(layers[(number * 4)...] + layers[..<(number * 4)])
            let order = number.isMultiple(of: 2) ? turned : turned.reversed()
            try await yard.source.hold(
                SampleImage("config \(number)", layers: order), "team/r\(number)", "v1")
            images["team/r\(number)"] = ["v1"]
        }
        await yard.destination.before { call in
            if case .putBlob = call { await Task.yield() }
        }
        let report = await yard.pass([try Yard.rule(images) { $0.concurrency = concurrency }]).reconcile()
        #expect(report.count(.copied) == 10)
        #expect(report.images.reduce(0) { $0 + $1.uploads } == 50)
        #expect(report.images.reduce(0) { $0 + $1.mounts } == 360)
    }
}

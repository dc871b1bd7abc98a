import Desired
import OCI
import Plan
import Registry
import Testing

import struct Lab.Random

@testable import Reconcile

/// What must hold of signatures and referrers for any set of images: a diff foretells what bringing them takes, and
/// after it nothing is left.
@Suite("Referrers, for any images") struct ReferrerPropertyTests {
    /// Images at random, and what hangs on them, on their children, and on what hangs there.
    private struct World {
        var images: [(repository: String, tag: String, image: SampleImage)] = []
        var signatures: [(repository: String, tag: String, image: SampleImage)] = []
        var lists: [(repository: String, subject: Digest, referrers: [SampleImage])] = []

        init(_ random: inout Random) throws {
            for repository in 0..<Int.random(in: 1...3, using: &random) {
                let name = "team/r\(repository)"
                for tag in 0..<Int.random(in: 1...5, using: &random) {
                    let flat = try (0..<2).map { child in
                        try SampleImage(
                            "config \(Int.random(in: 0..<9, using: &random)) \(child)", layers: ["base"])
                    }
                    let image =
                        Bool.random(using: &random)
                        ? flat[0] : try SampleImage(index: [("amd64", flat[0]), ("arm64", flat[1])])
                    images.append((name, "v\(tag)", image))
                    for subject in image.manifests { try attach(to: subject, name, &random, depth: 0) }
                }
            }
        }

        private mutating func attach(
            to subject: ManifestDocument, _ repository: String, _ random: inout Random, depth: Int
        ) throws {
            guard !lists.contains(where: { $0.subject == subject.digest && $0.repository == repository })
            else { return }
            for kind in AttachedTag.cosign where Int.random(in: 0..<4, using: &random) == 0 {
                let tag = kind.tag(for: subject.digest).description
                guard !signatures.contains(where: { $0.tag == tag && $0.repository == repository }) else {
                    continue
                }
                let note = "\(kind) of \(subject.digest) \(Int.random(in: 0..<3, using: &random))"
                signatures.append((repository, tag, try SampleImage(note, layers: ["payload of \(note)"])))
            }
            guard depth < 3, Int.random(in: 0..<3, using: &random) == 0 else { return }
            let referrers = try (0..<Int.random(in: 1...3, using: &random)).map { number in
                try SampleImage(about: subject, "note \(number)")
            }
            lists.append((repository, subject.digest, referrers))
            for referrer in referrers { try attach(to: referrer.top, repository, &random, depth: depth + 1) }
        }

        func pour(into registry: MemoryRegistry, where wanted: () -> Bool = { true }) async throws {
            for (repository, tag, image) in images where wanted() {
                try await registry.hold(image, repository, tag)
            }
            for (repository, tag, image) in signatures where wanted() {
                try await registry.hold(image, repository, tag)
            }
            for (repository, subject, referrers) in lists where wanted() {
                try await registry.hold(referrers.filter { _ in wanted() }, about: subject, repository)
            }
        }

        func rule(_ recheck: ReferrerPolicy.Recheck) throws -> Replication {
            let named = Dictionary(grouping: images, by: \.repository).mapValues { $0.map(\.tag) }
            return try Yard.rule(named) { $0.referrers = ReferrerPolicy(recheck: recheck) }
        }
    }

    @Test("an exact diff of empty destinations foretells requests and bytes", arguments: 0..<40)
    func cold(seed: Int) async throws {
        var random = Random(seed: UInt64(seed) + 7_000)
        let (yard, world) = (Yard(), try World(&random))
        try await world.pour(into: yard.source)
        let rules = [try world.rule(.onChange)]
        let plan = await yard.diff(rules)
        #expect(plan == (await yard.diff(rules)))
        await yard.forgetCalls()
        let report = await yard.pass(rules).reconcile()
        #expect(report.exitCode == 0, "\(report.images.map(\.reason))")
        #expect(await yard.requests == plan.lookRequests + plan.total.requests)
        #expect(report.bytes == plan.total.bytes)
        #expect(await yard.destination.holdings == yard.source.holdings)
        #expect(await yard.diff(rules).exitCode == 0)
    }

    @Test("a destination that has a part of it gets the rest, and keeps what is its own", arguments: 0..<40)
    func warm(seed: Int) async throws {
        var random = Random(seed: UInt64(seed) + 8_000)
        let (yard, world) = (Yard(), try World(&random))
        try await world.pour(into: yard.source)
        var dice = random
        try await world.pour(into: yard.destination) { Bool.random(using: &dice) }
        let own = try SampleImage(about: world.images[0].image.top, "its own")
        let (repository, subject) = (world.images[0].repository, world.images[0].image.digest)
        try await yard.destination.hold(world.images[0].image, repository, world.images[0].tag)
        try await yard.destination.hold([own], about: subject, repository)
        let rules = [try world.rule(.always)]
        let plan = await yard.diff(rules)
        await yard.forgetCalls()
        let report = await yard.pass(rules).reconcile()
        #expect(report.exitCode == 0, "\(report.images.map(\.reason))")
        #expect(await yard.requests <= plan.lookRequests + plan.total.requests)
        #expect(report.bytes <= plan.total.bytes)
        let (held, wanted) = (await yard.destination.holdings, await yard.source.holdings)
        for (repository, tags) in wanted {
            for (tag, digest) in tags where !Self.isList(tag) {
                #expect(held[repository]?[tag] == digest, "\(tag)")
            }
        }
        for list in world.lists {
            let digests = try await Self.list(of: list.subject, in: list.repository, yard.destination)
            #expect(digests.isSuperset(of: list.referrers.map(\.digest)))
        }
        #expect(try await Self.list(of: subject, in: repository, yard.destination).contains(own.digest))
        #expect(await yard.diff(rules).exitCode == 0)
    }

    private static func isList(_ tag: OCI.Tag) -> Bool { tag.isInternal && !tag.description.contains(".") }

    private static func list(of subject: Digest, in repository: String, _ registry: MemoryRegistry)
        async throws
        -> Set<Digest>
    {
        let tag = AttachedTag.referrers.tag(for: subject)
        let document = try await registry.manifest(.tag(tag), in: RepositoryName(repository))
        return try document.map { try ReferrerIndex($0.bytes).digests } ?? []
    }
}

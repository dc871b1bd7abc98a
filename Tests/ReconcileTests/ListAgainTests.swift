import Desired
import OCI
import Plan
import Registry
import Synchronization
import Testing

@testable import Reconcile

@Suite("Lists that fail", .timeLimit(.minutes(3))) struct ListAgainTests {
    private let yard = Yard()

    init() async throws {
        for tag in ["v1", "v2"] { try await yard.source.hold(SampleImage(tag), "team/app", tag) }
        try await yard.source.hold(SampleImage("other"), "team/other", "v1")
    }

    private func failLists(_ times: Int, _ kind: RegistryError.Kind = .unavailable) async throws {
        let (left, app) = (Countdown(times), try RepositoryName("team/app"))
        await yard.source.before { call throws(RegistryError) in
            if case .tags(app) = call, left.take() { throw .made(kind) }
        }
    }

    @Test("are asked for again at the end of the pass, and what they tell is copied")
    func heals() async throws {
        try await failLists(2)
        let rules = [
            try Yard.rule(["team/app": ["*"]], name: "a"), try Yard.rule(["team/other": ["*"]], name: "b"),
        ]
        let report = await yard.pass(rules).reconcile()
        #expect(report.faults == [])
        #expect(report.images.map(\.result) == [.copied, .copied, .copied] && report.exitCode == 0)
        // What could be listed at once did not wait.
        let puts = await yard.writes.compactMap { call in
            if case .put(_, let name) = call { name.description } else { nil }
        }
        #expect(puts.first == "team/other")
        #expect(yard.pauses.withLock(\.count) == 2)
    }

    @Test("are asked for as often as the rule's images, and no more", arguments: [0, 2])
    func bounded(retries: Int) async throws {
        try await failLists(.max)
        let report = await yard.pass([try Yard.rule(["team/app": ["*"]]) { $0.retries = retries }])
            .reconcile()
        #expect(report.faults.count == 1 && report.exitCode == 1)
        #expect(yard.pauses.withLock(\.count) == retries)
        #expect(await yard.source.calls.count == 1 + retries)
    }

    @Test("of a shard are asked for by that shard alone, and what they tell is copied")
    func ofShard() async throws {
        try await failLists(1)
        let rules = [try Yard.rule(["team/app": ["*"], "team/other": ["*"]])]
        // Of three shards the second has team/app, the third team/other.
        for (index, copied) in [0, 2, 1].enumerated() {
            let shard = try Shard(index, of: 3)
            let report = await yard.pass(rules) { $0.shard = shard }.reconcile()
            #expect(report.faults == [] && report.exitCode == 0 && report.count(.copied) == copied)
            #expect(yard.pauses.withLock(\.count) == (index == 0 ? 0 : 1))
        }
    }

    @Test("are not asked for again where that would change nothing")
    func final() async throws {
        try await failLists(.max, .malformed)
        let report = await yard.pass([try Yard.rule(["team/app": ["*"]])]).reconcile()
        #expect(report.faults.count == 1)
        #expect(await yard.source.calls.count == 1)
    }

    @Test("take no tag that another source has been copied to meanwhile")
    func collides() async throws {
        try await failLists(1)
        let rules = [
            try Yard.rule(["team/app": ["v*"]], name: "a") {
                $0.destination = Destination(registry: "to", repository: NameTemplate(text: "mirror"))
            },
            try Yard.rule(["team/other": ["v*"]], name: "b") {
                $0.destination = Destination(registry: "to", repository: NameTemplate(text: "mirror"))
            },
        ]
        let report = await yard.pass(rules).reconcile()
        #expect(
            report.faults.count == 1 && report.faults.first?.contains("the one that was listed late") == true)
        #expect(report.count(.copied) == 2)
        let other = try SampleImage("other").digest
        #expect(try await yard.destination.digest("mirror", "v1") == other)
    }

    @Test("fail no image for the whole pass: whoever is tried again asks again")
    func literal() async throws {
        try await yard.source.hold(SampleImage("signature"), "team/app", signature(of: "v1"))
        for failures in [1, 3] {
            try await failLists(failures)
            await yard.forgetCalls()
            let report = await yard.pass([
                try Yard.rule(["team/app": ["v1", "v2"]]) {
                    $0.referrers = ReferrerPolicy()
                    $0.destination = Destination(
                        registry: "to", repository: NameTemplate(text: "mirror\(failures)"))
                }
            ]).reconcile()
            #expect(report.images.map(\.result) == [.copied, .copied], "\(report.images)")
            #expect(report.exitCode == 0)
            // Once a round, however many images need it.
            #expect(await yard.source.calls.count { $0.kind == .tags } == failures + 1)
            #expect(try await yard.destination.digest("mirror\(failures)", signature(of: "v1")) != nil)
        }
    }

    private func signature(of tag: String) throws -> String {
        AttachedTag.signature.tag(for: try SampleImage(tag).digest).description
    }
}

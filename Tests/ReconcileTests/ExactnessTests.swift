import Desired
import Lab
import OCI
import Plan
import Registry
import Testing

@testable import Reconcile

/// What a diff at exact depth says is what a reconcile then does: to the request, and to the byte.
@Suite("The fold, beside what is counted", .timeLimit(.minutes(3))) struct ExactnessTests {
    @Test("the requests and bytes of any set of images are those that were foretold", arguments: 0..<300)
    func foretells(seed: Int) async throws {
        let (yard, rules) = try await Self.yard(seed)
        let plan = await yard.diff(rules)
        #expect(await yard.writes.isEmpty)
        await yard.destination.before(Self.delay)
        await yard.source.before(Self.delay)
        #expect(
            await yard.diff(rules) == plan, "a diff says the same again, in whatever order the answers come")
        await yard.forgetCalls()
        let report = await yard.pass(rules).reconcile()
        try await check(yard, report, plan, seed)
    }

    @Test("and so are those of a saved plan", arguments: 0..<100)
    func saved(seed: Int) async throws {
        let (yard, rules) = try await Self.yard(seed)
        let plan = try yard.read(try await yard.save(rules), rules)
        let preview = await yard.pass(rules).preview(plan)
        await yard.destination.before(Self.delay)
        await yard.source.before(Self.delay)
        await yard.forgetCalls()
        let report = await yard.pass(rules).apply(plan)
        try await check(yard, report, preview, seed)
    }

    private func check(_ yard: Yard, _ report: PassReport, _ plan: PassPlan, _ seed: Int) async throws {
        #expect(report.exitCode == (plan.count(.blocked) > 0 ? 3 : 0), "\(report.images)")
        #expect(await yard.requests == plan.lookRequests + plan.total.requests, "seed \(seed)")
        #expect(report.bytes == plan.total.bytes, "seed \(seed)")
        #expect(report.images.reduce(0) { $0 + $1.uploads } == plan.total.uploads)
        #expect(report.images.reduce(0) { $0 + $1.mounts } == plan.total.mounts)
        #expect(await yard.source.calls.count { $0.kind == .manifest } == plan.total.pulls)
        for registry in [yard.source, yard.destination] { await registry.before(nil) }
        for image in plan.images where image.verdict.isChange {
            let held = try await yard.destination.digest(image.repository, image.tag)
            #expect(held == image.wanted)
        }
    }

    /// A fleet in its registries, and a rule for it.
    private static func yard(_ seed: Int) async throws -> (Yard, [Replication]) {
        let fleet = Fleet(seed: seed, most: seed.isMultiple(of: 5) ? 17 : 6)
        let yard = Yard()
        for image in fleet.source { try await yard.source.hold(image) }
        for image in fleet.destination { try await yard.destination.hold(image) }
        var images: [String: [String]] = [:]
        for image in fleet.source { images[image.repository, default: []].append(image.tag) }
        if seed.isMultiple(of: 2) { images = images.mapValues { _ in ["*"] } }
        let rule = try Yard.rule(images, overwrite: seed.isMultiple(of: 7) ? .never : .always) {
            $0.concurrency = 1 + seed % 12
        }
        return (yard, [rule])
    }

    /// Gives others a turn, now more and now less.
    private static let delay: MemoryRegistry.Interference = { _ in
        for _ in 0..<Int.random(in: 0...30) { await Task.yield() }
    }
}

extension MemoryRegistry {
    /// Stores a made image with all that belongs to it, unrecorded.
    func hold(_ image: MadeImage) throws {
        let repository = try RepositoryName(image.repository)
        for blob in image.blobs { store(try blob.bytes, in: repository) }
        for (place, made) in image.manifests.enumerated() {
            let document = try ManifestDocument(bytes: made.bytes, contentType: made.mediaType)
            let isTop = place == image.manifests.count - 1
            store(document, as: isTop ? .tag(try Tag(image.tag)) : .digest(document.digest), in: repository)
        }
    }
}

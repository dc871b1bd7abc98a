import Desired
import OCI
import Plan
import Registry
import Testing

@testable import Reconcile

/// These take their time, since being late is about nothing else.
@Suite("Pass, late or not") struct PatienceTests {
    let yard = Yard()

    /// Waits, for a registry that is slow.
    private static func linger(_ duration: Duration) async { try? await Task.sleep(for: duration) }

    @Test("calls no look late while copying holds all up, and plans as a diff does", .timeLimit(.minutes(3)))
    func slowCopies() async throws {
        let tags = (1...5).map { "v\($0)" }
        for tag in tags { try await yard.source.hold(SampleImage(tag, layers: ["base"]), "team/app", tag) }
        let rules = [try Yard.rule(["team/app": tags]) { $0.concurrency = 1 }]
        let plan = await yard.diff(rules)
        await yard.destination.before { call in
            if case .put = call { await Self.linger(.milliseconds(1100)) }
        }
        let pass = yard.pass(rules) {
            $0.window = 2
            $0.patience = .seconds(1)
        }
        let report = await pass.reconcile()
        #expect(report.warnings.isEmpty)
        #expect(report.count(.copied) == 5)
        #expect(report.bytes == plan.total.bytes)
    }

    @Test("calls no look late that waits for its siblings' heads", .timeLimit(.minutes(3)))
    func manyTags() async throws {
        let tags = (100...220).map { "v\($0)" }
        for tag in tags {
            let image = try SampleImage(tag)
            try await yard.source.hold(image, "team/app", tag)
            try await yard.destination.hold(tag == "v100" ? SampleImage("old") : image, "team/app", tag)
        }
        try await yard.source.hold(SampleImage("web"), "team/web", "v1")
        let rules = [try Yard.rule(["team/app": tags, "team/web": ["v1"]])]
        let wanted = await yard.diff(rules)
        let slow: MemoryRegistry.Interference = { call in
            if case .resolve(_, let repository) = call, repository.description == "team/app" {
                await Self.linger(.milliseconds(200))
            }
        }
        for registry in [yard.source, yard.destination] { await registry.before(slow) }
        let plan = await yard.pass(rules) {
            $0.cost = .exact
            $0.patience = .milliseconds(900)
        }.diff().plan
        #expect(plan == wanted)
        #expect(plan.warnings.isEmpty)
    }

    @Test("plans an image last whose registry does not answer, and reads it then", .timeLimit(.minutes(3)))
    func late() async throws {
        for name in ["app", "web"] {
            for tag in ["v1", "v2"] { try await yard.source.hold(SampleImage(tag), "team/\(name)", tag) }
        }
        let slow = MemoryRegistry.Call.manifest(.tag(try Tag("v1")), try RepositoryName("team/app"))
        await yard.source.before { call in
            if call == slow { await Self.linger(.seconds(2)) }
        }
        let rules = [try Yard.rule(["team/app": ["v1", "v2"], "team/web": ["v1", "v2"]])]
        let plan = await yard.pass(rules) {
            $0.cost = .exact
            $0.patience = .milliseconds(500)
        }.diff().plan
        #expect(plan.images.map { "\($0.repository):\($0.tag)" }.last == "team/app:v1")
        #expect(plan.images.last?.steps.isEmpty == false)
        #expect(plan.warnings.count == 1)
    }
}

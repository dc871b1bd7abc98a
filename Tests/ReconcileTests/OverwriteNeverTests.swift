import Desired
import OCI
import Plan
import Registry
import Testing

@testable import Reconcile

@Suite("Pass, overwriting never") struct OverwriteNeverTests {
    let yard = Yard()
    let app: RepositoryName
    let image: SampleImage

    init() throws {
        app = try RepositoryName("team/app")
        image = try SampleImage("one", layers: ["base"])
    }

    private func rules() throws -> [Replication] { [try Yard.rule(["team/app": ["v1"]], overwrite: .never)] }

    /// Someone else pushes an image under the tag while ours is copied.
    private func push(_ other: SampleImage) async throws {
        try await yard.source.hold(image, "team/app", "v1")
        await yard.destination.before { [destination = yard.destination] call in
            guard case .putBlob = call else { return }
            try? await destination.hold(other, "team/app", "v1")
        }
    }

    @Test("leaves a tag alone that appeared while the image was copied")
    func appears() async throws {
        let other = try SampleImage("other")
        try await push(other)
        let report = await yard.pass(try rules()).reconcile()
        #expect(report.images.map(\.result) == [.blocked])
        #expect(report.images[0].reason.contains("it appeared meanwhile"))
        #expect(report.exitCode == 3)
        #expect(try await yard.destination.digest("team/app", "v1") == other.digest)
    }

    @Test("takes one with the same digest for a success, and puts nothing")
    func appearsEqual() async throws {
        try await push(image)
        #expect(await yard.pass(try rules()).reconcile().images.map(\.result) == [.copied])
        #expect(await !yard.writes.contains { if case .put = $0 { true } else { false } })
    }

    @Test("does not believe a list that lacks an existing tag")
    func staleList() async throws {
        let tags = ["v1", "v2", "v3"]
        for tag in tags { try await yard.source.hold(SampleImage(tag), "team/app", tag) }
        let held = try SampleImage("held")
        await yard.destination.after { [destination = yard.destination] call in
            // The list was made before the tag was there.
            if case .tags = call { try? await destination.hold(held, "team/app", "v3") }
        }
        let report = await yard.pass([try Yard.rule(["team/app": tags], overwrite: .never)]).reconcile()
        #expect(report.images.map(\.result) == [.copied, .copied, .blocked])
        #expect(try await yard.destination.digest("team/app", "v3") == held.digest)
    }

    @Test("counts the last question in the plan")
    func counts() async throws {
        try await yard.source.hold(image, "team/app", "v1")
        let plan = await yard.diff(try rules())
        await yard.forgetCalls()
        #expect(await yard.pass(try rules()).reconcile().count(.copied) == 1)
        #expect(await yard.requests == plan.lookRequests + plan.total.requests)
    }
}

import Desired
import OCI
import Plan
import Registry
import Testing

@testable import Reconcile

@Suite("Pass, with the children of an index", .timeLimit(.minutes(3))) struct SideBySideTests {
    let yard = Yard()
    let children: [SampleImage]

    init() async throws {
        children = try (1...4).map { try SampleImage("config \($0)") }
        let image = try SampleImage(index: children.enumerated().map { ("cpu\($0)", $1) })
        try await yard.source.hold(image, "team/app", "v1")
        try await yard.destination.hold(SampleImage("old"), "team/app", "v0")
    }

    /// Lets calls of a kind go on only when one of each child is under way.
    private func gather(_ wanted: @escaping @Sendable (MemoryRegistry.Call) -> Bool) async {
        let (all, gate) = (Tally(), Latch())
        await yard.destination.before { call in
            guard wanted(call) else { return }
            all.add()
            if all.count == 4 { gate.open() }
            await gate.pass()
        }
    }

    @Test("asks for their blobs side by side")
    func blobs() async throws {
        await gather { $0.kind == .hasBlob }
        let plan = await yard.diff([try Yard.rule(["team/app": ["v1"]])])
        #expect(
            plan.images[0].steps.prefix(4).map(\.digest) == children.flatMap { $0.top.blobs.map(\.digest) })
    }

    @Test("puts them side by side")
    func puts() async throws {
        await gather { if case .put(.digest, _) = $0 { true } else { false } }
        #expect(await yard.pass([try Yard.rule(["team/app": ["v1"]])]).reconcile().count(.copied) == 1)
    }
}

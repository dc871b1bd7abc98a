import Desired
import OCI
import Plan
import Registry
import Synchronization
import Testing

@testable import Reconcile

@Suite("Pass, ended early") struct EndingTests {
    let yard = Yard()
    let app: RepositoryName
    let tags = (1...40).map { "v\($0)" }

    init() async throws {
        app = try RepositoryName("team/app")
        for tag in tags { try await yard.source.hold(SampleImage(tag), "team/app", tag) }
    }

    @Test(
        "lets the images in flight end when it is asked to stop, and reports the rest",
        .timeLimit(.minutes(3)))
    func stops() async throws {
        let (stop, gate) = (StopSignal(), Latch())
        await yard.destination.before { call in
            if case .putBlob = call { await gate.pass() }
        }
        let pass = yard.pass([try Yard.rule(["team/app": tags]) { $0.concurrency = 3 }])
        async let ending = pass.reconcile(stop: stop)
        await until { await yard.writes.count == 3 }
        await stop.request()
        gate.open()
        let report = await ending
        #expect(report.count(.copied) == 3)
        #expect(report.count(.cancelled) == 37)
        #expect(report.images.count == 40)
        #expect(report.interrupted)
        #expect(report.exitCode == 1)
        #expect(await yard.destination.holdings[app]?.count == 3)
    }

    @Test("looks at nothing more once it is asked to stop", .timeLimit(.minutes(3)))
    func stopsLooking() async throws {
        let (stop, gate) = (StopSignal(), Latch())
        let rules = try (1...200).map { try Yard.rule(["team/r\($0)": ["v1"]], name: "rule \($0)") }
        await yard.destination.before { call in
            guard case .resolve = call else { return }
            await stop.request()
            await gate.pass()
        }
        async let ending = yard.pass(rules).reconcile(stop: stop)
        await until { await stop.isRequested }
        gate.open()
        let report = await ending
        #expect(report.images.count == 200)
        #expect(report.count(.cancelled) > 100)
        #expect(await yard.destination.calls.count < 150)
    }

    @Test("ends soon when its task is cancelled, with every image in its report", .timeLimit(.minutes(3)))
    func isCancelled() async throws {
        await yard.destination.before { call throws(RegistryError) in
            guard case .putBlob = call else { return }
            await hangUntilCancelled()
            throw .made(.cancelled)
        }
        let pass = yard.pass([try Yard.rule(["team/app": tags])])
        let running = Task { await pass.reconcile() }
        await until { await yard.writes.count == 10 }
        running.cancel()
        let report = await running.value
        #expect(report.images.count == 40)
        #expect(report.count(.cancelled) == 40)
        #expect(report.interrupted)
        #expect(report.exitCode == 1)
    }

    @Test(
        "ends soon when it is cancelled while it looks", .timeLimit(.minutes(3)),
        arguments: [MemoryRegistry.Call.Kind.resolve, .tags, .manifest, .hasBlob, .repositories])
    func isCancelledWhileLooking(kind: MemoryRegistry.Call.Kind) async throws {
        try await yard.destination.hold(SampleImage("old"), "team/app", "v1")
        let hanging = Mutex(false)
        let hang: MemoryRegistry.Interference = { call throws(RegistryError) in
            guard call.kind == kind else { return }
            hanging.withLock { $0 = true }
            await hangUntilCancelled()
            throw .made(.cancelled)
        }
        await yard.destination.before(hang)
        await yard.source.before(hang)
        let rules = [
            try Yard.rule(["team/app": kind == .tags ? ["*"] : tags]) {
                guard kind == .repositories else { return }
                $0.images[0].repositories = .matching(include: [.init("team/*")], exclude: [])
            }
        ]
        let pass = yard.pass(rules)
        let running = Task { await pass.reconcile() }
        await until { hanging.withLock(\.self) }
        running.cancel()
        let report = await running.value
        #expect(report.exitCode == 1)
        #expect(report.images.count == (kind == .tags || kind == .repositories ? 0 : 40))
    }

    @Test("ends soon when it is cancelled while looks wait for their turn", .timeLimit(.minutes(3)))
    func isCancelledAtTheGate() async throws {
        await yard.destination.before { call throws(RegistryError) in
            guard case .putBlob = call else { return }
            await hangUntilCancelled()
            throw .made(.cancelled)
        }
        let pass = yard.pass([try Yard.rule(["team/app": tags])]) { $0.window = 2 }
        let running = Task { await pass.reconcile() }
        await until { await yard.writes.count >= 2 }
        running.cancel()
        #expect(await running.value.images.count == 40)
    }

    @Test("copies no more images at once than the rule allows", arguments: [1, 4])
    func boundsImages(limit: Int) async throws {
        let now = Mutex(0)
        let most = Mutex(0)
        await yard.destination.before { call in
            guard case .putBlob = call else { return }
            let count = now.withLock { now in
                now += 1
                return now
            }
            most.withLock { $0 = max($0, count) }
            for _ in 0..<20 { await Task.yield() }
            now.withLock { $0 -= 1 }
        }
        // Each image has one blob of its own, so blobs in flight are images in flight.
        let report = await yard.pass([try Yard.rule(["team/app": tags]) { $0.concurrency = limit }])
            .reconcile()
        #expect(report.count(.copied) == 40)
        #expect(most.withLock(\.self) == limit)
    }
}

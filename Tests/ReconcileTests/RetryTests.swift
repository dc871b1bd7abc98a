import Desired
import HTTP
import OCI
import Plan
import Registry
import Synchronization
import Testing

@testable import Reconcile

@Suite("Pass, failing") struct RetryTests {
    let yard = Yard()
    let app: RepositoryName
    let tags = ["v1", "v2", "v3", "v4"]

    init() async throws {
        app = try RepositoryName("team/app")
        for tag in tags { try await yard.source.hold(SampleImage(tag, layers: ["base"]), "team/app", tag) }
    }

    private func rule(_ change: @escaping (inout Replication) -> Void = { _ in }) throws -> [Replication] {
        [try Yard.rule(["team/app": tags], change: change)]
    }

    /// Fails the put of one tag, for so many times.
    private func failPut(of tag: String, _ kind: RegistryError.Kind, times: Int) async throws {
        let (call, left) = (MemoryRegistry.Call.put(.tag(try Tag(tag)), app), Countdown(times))
        await yard.destination.before { made throws(RegistryError) in
            if made == call, left.take() { throw .made(kind) }
        }
    }

    @Test("copies all others when one fails")
    func oneFails() async throws {
        try await failPut(of: "v2", .denied, times: .max)
        let report = await yard.pass(try rule()).reconcile()
        #expect(report.images.map(\.result) == [.copied, .failed, .copied, .copied])
        #expect(report.images[1].cause?.kind == "denied")
        #expect(report.images[1].cause?.side == .destination)
        #expect(report.images[1].tries == 1)
        #expect(report.exitCode == 1)
        #expect(yard.pauses.withLock(\.count) == 0)
    }

    @Test("tries as many side by side as the rule allows")
    func sideBySide() async throws {
        let tags = (1...40).map { "w\($0)" }
        for tag in tags { try await yard.source.hold(SampleImage(tag), "team/app", tag) }
        let (failed, under) = (Mutex<Set<Reference>>([]), Tally())
        await yard.destination.before { call throws(RegistryError) in
            guard case .put(let reference, _) = call else { return }
            if failed.withLock({ $0.insert(reference).inserted }) { throw .made(.unavailable) }
            // Nobody goes on before forty have come, or it is plain that they won't.
            under.add()
            for _ in 0..<20_000 where under.count < 40 { await Task.yield() }
            if under.count < 40 { throw .made(.denied) }
        }
        let report = await yard.pass([try Yard.rule(["team/app": ["w*"]]) { $0.concurrency = 40 }])
            .reconcile()
        #expect(report.count(.copied) == 40)
    }

    @Test("tries a transient failure again at the end, after a pause")
    func retries() async throws {
        try await failPut(of: "v1", .unavailable, times: 2)
        let report = await yard.pass(try rule()).reconcile()
        #expect(report.images.map(\.result) == [.copied, .copied, .copied, .copied])
        #expect(report.images.map(\.tries) == [3, 1, 1, 1])
        #expect(report.exitCode == 0)
        let pauses = yard.pauses.withLock(\.self)
        #expect(pauses.count == 2)
        #expect(
            zip(pauses, [2, 4]).allSatisfy { pause, most in
                (.seconds(most) / 2 ... .seconds(most)).contains(pause)
            })
        let puts = await yard.writes.filter { if case .put = $0 { true } else { false } }
        #expect(try puts.suffix(2).allSatisfy { try $0 == .put(.tag(Tag("v1")), app) })
    }

    @Test("gives up after as many retries as the rule allows", arguments: [0, 1, 3])
    func givesUp(retries: Int) async throws {
        try await failPut(of: "v1", .throttled, times: .max)
        let report = await yard.pass(try rule { $0.retries = retries }).reconcile()
        #expect(report.images.map(\.result) == [.failed, .copied, .copied, .copied])
        #expect(report.images[0].tries == retries + 1)
        #expect(yard.pauses.withLock(\.count) == retries)
    }

    @Test("waits as long as the registry asks for")
    func retryAfter() async throws {
        let (call, left) = (MemoryRegistry.Call.put(.tag(try Tag("v1")), app), Countdown(1))
        await yard.destination.before { made throws(RegistryError) in
            guard made == call, left.take() else { return }
            throw .made(.throttled, retryAfter: .seconds(40))
        }
        #expect(await yard.pass(try rule()).reconcile().count(.copied) == 4)
        #expect(yard.pauses.withLock(\.self) == [.seconds(40)])
    }

    @Test("does not wait for a registry that asks for more than five minutes")
    func retryMuchLater() async throws {
        let call = MemoryRegistry.Call.put(.tag(try Tag("v1")), app)
        await yard.destination.before { made throws(RegistryError) in
            if made == call { throw .made(.throttled, retryAfter: .seconds(301)) }
        }
        let report = await yard.pass(try rule()).reconcile()
        #expect(report.images.map(\.result) == [.failed, .copied, .copied, .copied])
        #expect(report.images[0].tries == 1)
        #expect(yard.pauses.withLock(\.self).isEmpty)
    }

    @Test("ends its pause when it is asked to stop, and keeps the cause", .timeLimit(.minutes(3)))
    func stopsInPause() async throws {
        try await failPut(of: "v2", .unavailable, times: .max)
        let (stop, isPausing) = (StopSignal(), Tally())
        let pass = yard.pass(try rule()) {
            $0.pause = { _ in
                isPausing.add()
                await hangUntilCancelled()
            }
        }
        async let ending = pass.reconcile(stop: stop)
        await until { isPausing.count == 1 }
        await stop.request()
        let report = await ending
        #expect(report.images.map(\.result) == [.copied, .failed, .copied, .copied])
        #expect(report.images[1].cause?.kind == "unavailable")
        let ended = yard.events.withLock { events in
            events.count { if case .ended = $0 { true } else { false } }
        }
        #expect(ended == 4)
    }

    @Test("asks for one list of a repository, however many of its images are tried again")
    func sharesLists() async throws {
        let left = Countdown(4)
        await yard.source.before { call throws(RegistryError) in
            if case .manifest = call, left.take() { throw .made(.unavailable) }
        }
        #expect(await yard.pass(try rule()).reconcile().count(.copied) == 4)
        let lists = await yard.destination.calls.count { if case .tags = $0 { true } else { false } }
        #expect(lists == 2)
    }

    @Test("counts the bytes of every try")
    func countsAllBytes() async throws {
        try await failPut(of: "v1", .unavailable, times: 1)
        let report = await yard.pass(try rule()).reconcile()
        var sent = 0
        for call in await yard.destination.calls {
            if case .putBlob(let digest, _, _) = call {
                sent += (tags + ["base"]).first { Digest(hashing: Array($0.utf8)) == digest }?.utf8.count ?? 0
            }
        }
        let manifests = try tags.reduce(0) { $0 + (try SampleImage($1, layers: ["base"]).top.bytes.count) }
        #expect(report.bytes == Int64(sent + manifests))
        #expect(report.images.reduce(0) { $0 + $1.uploads } == 5)
    }

    @Test("calls an image copied whose put was done although it failed")
    func appliedPut() async throws {
        let (call, left) = (MemoryRegistry.Call.put(.tag(try Tag("v1")), app), Countdown(1))
        await yard.destination.after { made throws(RegistryError) in
            if made == call, left.take() { throw .made(.transport(.broken)) }
        }
        let report = await yard.pass(try rule()).reconcile()
        #expect(report.images.map(\.result) == [.copied, .copied, .copied, .copied])
        #expect(report.images[0].tries == 2)
        #expect(report.images[0].cause == nil)
        #expect(await yard.writes.count { $0 == call } == 1)
    }

    @Test("tries a failed look again")
    func failedLook() async throws {
        let (call, left) = (MemoryRegistry.Call.manifest(.tag(try Tag("v3")), app), Countdown(1))
        await yard.source.before { made throws(RegistryError) in
            if made == call, left.take() { throw .made(.transport(.stalled)) }
        }
        let report = await yard.pass(try rule()).reconcile()
        #expect(report.images.map(\.result) == [.copied, .copied, .copied, .copied])
        #expect(report.images.map(\.tries) == [1, 1, 2, 1])
    }

    @Test("tries a tag that moved between head and get again, with its new digest")
    func movedTag() async throws {
        let (old, new) = (try SampleImage("v1", layers: ["base"]), try SampleImage("moved", layers: ["base"]))
        try await yard.destination.hold(SampleImage("older"), "team/app", "v1")
        let left = Countdown(1)
        await yard.source.before { [source = yard.source, app] call in
            guard case .manifest(.digest, _) = call, left.take() else { return }
            await source.remove(old.digest, in: app)
            try? await source.hold(new, "team/app", "v1")
        }
        let report = await yard.pass([try Yard.rule(["team/app": ["v1"]])]).reconcile()
        #expect(report.images.map(\.result) == [.updated])
        #expect(report.images.map(\.tries) == [2])
        #expect(report.images.map(\.wanted) == [new.digest])
        #expect(try await yard.destination.digest("team/app", "v1") == new.digest)
    }

    @Test("copies the digest that the head told, where the tag moved and that is still there")
    func resolvesOnce() async throws {
        let old = try SampleImage("v1", layers: ["base"])
        try await yard.destination.hold(SampleImage("older"), "team/app", "v1")
        await yard.source.before { [source = yard.source] call in
            guard case .manifest(.digest, _) = call else { return }
            try? await source.hold(SampleImage("moved"), "team/app", "v1")
        }
        let report = await yard.pass([try Yard.rule(["team/app": ["v1"]])]).reconcile()
        #expect(report.images.map(\.wanted) == [old.digest])
        #expect(try await yard.destination.digest("team/app", "v1") == old.digest)
    }

    @Test("sends the blob itself where the one who was to bring it fails")
    func bringerFails() async throws {
        let base = Digest(hashing: Array("base".utf8))
        let left = Countdown(1)
        await yard.destination.before { call throws(RegistryError) in
            if case .putBlob(base, _, _) = call, left.take() { throw .made(.denied) }
        }
        let report = await yard.pass(try rule()).reconcile()
        #expect(report.count(.copied) == 3)
        #expect(report.count(.failed) == 1)
    }
}

/// Says yes a certain number of times.
final class Countdown: Sendable {
    private let left: Mutex<Int>
    init(_ count: Int) { left = Mutex(count) }
    func take() -> Bool {
        left.withLock { left in
            guard left > 0 else { return false }
            left -= 1
            return true
        }
    }
}

import HTTP
import Lab
import Testing

@testable import Registry

@Suite("Turnstile", .timeLimit(.minutes(3))) struct TurnstileTests {
    private let look = Turnstile.Wish(first: .look)
    private let both = Turnstile.Wish(first: .read, second: .write)

    /// Goes in, gives others a turn, and comes back.
    private func visit(_ gate: Turnstile, _ wish: Turnstile.Wish) async {
        guard let permit = try? await gate.enter(wish) else { return }
        await Task.yield()
        _ = await gate.leave(permit, Turnstile.Sign())
    }

    private func eventually(_ condition: () async -> Bool) async throws {
        while await !condition() { await Task.yield() }
    }

    @Test("lets no more in than its limit, whatever they are for", arguments: [1, 2, 3])
    func bound(limit: Int) async throws {
        let gate = Turnstile(limit: limit)
        let inside = Guarded((now: 0, most: 0))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                let wish =
                    number % 3 == 0 ? both : Turnstile.Wish(first: Turnstile.Action.allCases[number % 4])
                let width = wish.second == nil ? 1 : min(2, limit)
                group.addTask {
                    guard let permit = try? await gate.enter(wish) else { return }
                    inside.with {
                        $0.now += width
                        $0.most = max($0.most, $0.now)
                    }
                    await Task.yield()
                    inside.with { $0.now -= width }
                    _ = await gate.leave(permit, Turnstile.Sign())
                }
            }
        }
        #expect(inside.with { $0.most } == limit)
        #expect(await gate.waiting == 0)
    }

    @Test("serves in order, and a wide wish is not overtaken")
    func order() async throws {
        let gate = Turnstile(limit: 2)
        let held = try await gate.enter(both)
        let served = Guarded<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, wish) in [both, look, look].enumerated() {
                group.addTask {
                    let permit = try await gate.enter(wish)
                    served.with { $0.append(number) }
                    _ = await gate.leave(permit, Turnstile.Sign())
                }
                try await eventually { await gate.waiting == number + 1 }
            }
            _ = await gate.leave(held, Turnstile.Sign())
            try await group.waitForAll()
        }
        #expect(served.with { $0.first } == 0)
    }

    @Test("cancelling at any moment loses no place")
    func cancelledAnywhen() async throws {
        let gate = Turnstile(limit: 2)
        for round in 0..<300 {
            let tasks = (0..<4).map { _ in Task { await visit(gate, both) } }
            for _ in 0..<round % 7 { await Task.yield() }
            tasks.forEach { $0.cancel() }
            for task in tasks { _ = await task.result }
        }
        let permit = try await gate.enter(both)
        _ = await gate.leave(permit, Turnstile.Sign())
        #expect(await gate.waiting == 0)
    }

    @Test("what slows down one kind of requests leaves the others alone")
    func kinds() async throws {
        let gate = Turnstile(limit: 32)
        let permit = try await gate.enter(Turnstile.Wish(first: .manifest))
        _ = await gate.leave(permit, Turnstile.Sign(isCongested: true))
        #expect(await gate.allowed(.manifest) == 16)
        #expect(await gate.allowed(.look) == 32)
        // A kind that is full holds up no other one that came after it.
        let narrow = Turnstile(limit: 4)
        let first = try await narrow.enter(look)
        _ = await narrow.leave(first, Turnstile.Sign(isCongested: true, pause: .nanoseconds(1)))
        let only = try await narrow.enter(look)
        let waiting = Task { await visit(narrow, look) }
        try await eventually { await narrow.waiting == 1 }
        await visit(narrow, Turnstile.Wish(first: .write))
        _ = await narrow.leave(only, Turnstile.Sign())
        await waiting.value
    }

    @Test("a pause that is asked for is kept by all requests of its kind, and one goes first after it")
    func pauses() async throws {
        let clock = VirtualTime()
        let gate = Turnstile(limit: 8, time: clock.keeper)
        let moments = Guarded<[Duration]>([])
        let permit = try await gate.enter(look)
        _ = await gate.leave(permit, Turnstile.Sign(isCongested: true, pause: .seconds(40)))
        await visit(gate, Turnstile.Wish(first: .write))
        #expect(clock.passed == .zero)
        try await clock.run {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        guard let permit = try? await gate.enter(self.look) else { return }
                        moments.with { $0.append(clock.passed) }
                        try? await clock.sleep(.seconds(1))
                        _ = await gate.leave(permit, Turnstile.Sign())
                    }
                }
            }
        }
        let seconds = moments.with { $0.map(\.components.seconds).sorted() }
        #expect(seconds.count == 20 && seconds.first == 40)
        #expect(seconds.count { $0 == 40 } == 1)
        #expect((seconds.last ?? 0) < 50)
    }

    @Test("a pause of more than is borne is a refusal, and asks nobody")
    func tooLong() async throws {
        let gate = Turnstile(limit: 8)
        let permit = try await gate.enter(look)
        _ = await gate.leave(permit, Turnstile.Sign(isCongested: true, pause: .seconds(3600)))
        do {
            _ = try await gate.enter(look)
            Issue.record("it went in")
        } catch {
            guard case .paused(let left) = error else { Issue.record("\(error)"); return }
            #expect(left > .seconds(3500))
        }
    }

    @Test(
        "what breaks in one breath is no outage, whatever it is",
        arguments: [TransportError.Kind.broken, .connect, .stalled, .unknownHost])
    func burst(kind: TransportError.Kind) async throws {
        let clock = ManualTime()
        let gate = Turnstile(limit: 32, time: clock.keeper)
        var permits: [Turnstile.Permit] = []
        for _ in 0..<32 { permits.append(try await gate.enter(look)) }
        let error = RegistryError(.transport(kind), at: "p", while: "look", "x")
        for permit in permits {
            clock.advance(by: .milliseconds(10))
            #expect(await gate.leave(permit, Turnstile.Sign(error)) == nil)
        }
        #expect(await gate.outage() == nil)
        // What is begun after it, and lost as well, counts.
        for number in 1...4 {
            let permit = try await gate.enter(look)
            clock.advance(by: .milliseconds(10))
            #expect((await gate.leave(permit, Turnstile.Sign(error)) != nil) == (number == 4))
        }
    }

    @Test("says when a place goes down and when it is back")
    func changes() async throws {
        let clock = ManualTime()
        let gate = Turnstile(limit: 8, time: clock.keeper)
        for number in 1...5 {
            let change = await gate.leave(try await gate.enter(look), Turnstile.Sign(reach: .lost("no")))
            #expect((change != nil) == (number == 5))
        }
        await #expect(throws: Turnstile.Refusal.self) { try await gate.enter(look) }
        clock.advance(by: .seconds(30))
        let change = await gate.leave(try await gate.enter(look), Turnstile.Sign())
        guard case .back = change else { Issue.record("it is not back"); return }
    }
}

extension VirtualTime {
    var keeper: Timekeeper {
        Timekeeper(now: { self.now }, sleep: { try await self.sleep($0) }, chance: { 0.5 })
    }
}

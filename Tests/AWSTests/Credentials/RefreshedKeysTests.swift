import HTTP
import Lab
import Registry
import Testing

@testable import AWS

@Suite("Renewal of keys") struct RefreshedKeysTests {
    /// A place whose keys live an hour, and which can be made to fail or to take its time.
    private actor Place: KeyProvider {
        let clock: SetClock
        var life: Int64 = 3600
        var failure: AWSError?
        var gate: AsyncStream<Void>?
        private(set) var asked = 0

        init(_ clock: SetClock) { self.clock = clock }

        func set(life: Int64) { self.life = life }
        func set(failure: AWSError?) { self.failure = failure }
        func set(gate: AsyncStream<Void>?) { self.gate = gate }

        func find() async throws(AWSError) -> Finding {
            asked += 1
            let number = asked
            if let gate { for await _ in gate { break } }
            if Task.isCancelled { throw .keys(at: "a test", "", .cancelled) }
            if let failure { throw failure }
            return .found(someKeys(number, expiry: clock.seconds + life))
        }
    }

    private let clock = SetClock()

    @Test("keys are kept until a quarter of an hour before their end, then got anew")
    func early() async throws {
        let place = Place(clock)
        let keys = RefreshedKeys(place, clock: clock.clock)
        #expect(try await keys.keys().id == "AKIATEST1")
        clock.pass(3600 - 901)
        #expect(try await keys.keys().id == "AKIATEST1")
        clock.pass(2)
        #expect(try await keys.keys().id == "AKIATEST2")
    }

    @Test("short-lived keys are not got anew at each call")
    func shortLife() async throws {
        let place = Place(clock)
        await place.set(life: 300)
        let keys = RefreshedKeys(place, clock: clock.clock)
        for _ in 0..<10 { _ = try await keys.keys() }
        #expect(await place.asked == 1)
        clock.pass(226)
        #expect(try await keys.keys().id == "AKIATEST2")
    }

    @Test("a hundred at once share one renewal")
    func shared() async throws {
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let place = Place(clock)
        await place.set(gate: gate)
        let keys = RefreshedKeys(place, clock: clock.clock)
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await keys.keys().id } }
            while await place.asked == 0 { await Task.yield() }
            opener.finish()
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids == ["AKIATEST1"])
        #expect(await place.asked == 1)
    }

    @Test("a hundred at once share one failure, and the next one tries again")
    func sharedFailure() async throws {
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let place = Place(clock)
        await place.set(gate: gate)
        await place.set(failure: .keys(at: "a test", "broken"))
        let keys = RefreshedKeys(place, clock: clock.clock)
        let failures = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { (try? await keys.keys()) == nil } }
            while await keys.waiting < 99 { await Task.yield() }
            opener.finish()
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 100)
        #expect(await place.asked == 1)
        await place.set(failure: nil)
        #expect(try await keys.keys().id == "AKIATEST2")
    }

    @Test("where the one who renews is cancelled, the next in the row does it")
    func cancelled() async throws {
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let place = Place(clock)
        await place.set(gate: gate)
        let keys = RefreshedKeys(place, clock: clock.clock)
        let first = Task { try await keys.keys() }
        while await place.asked == 0 { await Task.yield() }
        let second = Task { try await keys.keys() }
        while await keys.waiting == 0 { await Task.yield() }
        first.cancel()
        let error = await #expect(throws: AWSError.self) { try await first.value }
        #expect(error?.kind == .cancelled)
        opener.finish()
        #expect(try await second.value.id == "AKIATEST2")
    }

    @Test("whoever comes while keys are renewed early gets the old ones at once")
    func oldOnes() async throws {
        let place = Place(clock)
        let keys = RefreshedKeys(place, clock: clock.clock)
        _ = try await keys.keys()
        let (gate, opener) = AsyncStream<Void>.makeStream()
        await place.set(gate: gate)
        clock.pass(3600 - 800)
        let renewing = Task { try await keys.keys().id }
        while await place.asked < 2 { await Task.yield() }
        #expect(try await keys.keys().id == "AKIATEST1")
        opener.finish()
        #expect(try await renewing.value == "AKIATEST2")
    }

    @Test("a renewal that fails does no harm while the old keys live, and is not tried at each call")
    func failure() async throws {
        let place = Place(clock)
        let keys = RefreshedKeys(place, clock: clock.clock)
        _ = try await keys.keys()
        await place.set(failure: .keys(at: "a test", "broken"))
        clock.pass(3600 - 899)
        for _ in 0..<5 { #expect(try await keys.keys().id == "AKIATEST1") }
        #expect(await place.asked == 2)
        clock.pass(61)
        #expect(try await keys.keys().id == "AKIATEST1")
        #expect(await place.asked == 3)
        // Also in their last minutes the old ones serve, and the place is asked once a minute.
        clock.pass(700)
        for _ in 0..<5 { #expect(try await keys.keys().id == "AKIATEST1") }
        #expect(await place.asked == 4)
        clock.pass(140)
        let error = await #expect(throws: AWSError.self) { try await keys.keys() }
        #expect(error?.detail == "broken")
    }

    @Test("keys that AWS refused are not handed out again; those that took their place are")
    func refused() async throws {
        let place = Place(clock)
        let keys = RefreshedKeys(place, clock: clock.clock)
        let first = try await keys.keys()
        await keys.refused(first)
        #expect(try await keys.keys().id == "AKIATEST2")
        await keys.refused(first)
        #expect(try await keys.keys().id == "AKIATEST2")
    }

    @Test("keys that have ended already are none")
    func ended() async throws {
        let place = Place(clock)
        await place.set(life: -1)
        let keys = RefreshedKeys(place, clock: clock.clock)
        let error = await #expect(throws: AWSError.self) { try await keys.keys() }
        #expect(error?.kind == .keys)
    }
}

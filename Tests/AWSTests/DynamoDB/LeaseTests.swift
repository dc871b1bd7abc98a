import Foundation
import HTTP
import Lab
import Registry
import Testing

@testable import AWS

@Suite("Leases") struct LeaseTests {
    private let clock = SetClock()
    private let key: Item = ["Image": .text("davit#lease#1"), "Tag": .text("x")]

    private func table(_ transport: ScriptedTransport) throws -> LeaseTable {
        let client = AWSClient(
            .dynamoDB, at: Endpoint(of: .dynamoDB, in: try Region("eu-west-1")), keys: FixedKeys(someKeys()),
            on: .quick(transport, clock: clock))
        return LeaseTable(Table("records", client), clock: clock.clock)
    }

    private static func item(_ holder: String, fence: Int64, expires: Int64 = 0, as name: String) -> String {
        #""\#(name)":{"Holder":{"S":"\#(holder)"},"Fence":{"N":"\#(fence)"},"Expires":{"N":"\#(expires)"}}"#
    }

    private static func refusal(_ holder: String, fence: Int64 = 7, expires: Int64 = 0) -> Response {
        let item = item(holder, fence: fence, expires: expires, as: "Item")
        return Response(400, #"{"__type":"x#ConditionalCheckFailedException",\#(item)}"#)
    }

    @Test("taking tells who holds it; one's own, whose answer was lost, is taken")
    func take() async throws {
        let held = try table(ScriptedTransport { _, _ in Self.refusal("other", expires: 99) })
        #expect(try await held.take(key, for: "me") == .held(by: "other", until: 99))
        let own = try table(ScriptedTransport { _, _ in Self.refusal("me") })
        #expect(try await own.take(key, for: "me") == .taken(Lease(key: key, holder: "me", fence: 7)))
        let bare = try table(ScriptedTransport { _, _ in .refusal(400, "ConditionalCheckFailedException") })
        await #expect(throws: AWSError.self) { try await bare.take(key, for: "me") }
    }

    @Test("a lease is written with its end and a margin for clocks that differ")
    func terms() async throws {
        let transport = ScriptedTransport { _, _ in
            Response(200, "{\(Self.item("me", fence: 8, as: "Attributes"))}")
        }
        #expect(
            try await table(transport).take(key, for: "me") == .taken(Lease(key: key, holder: "me", fence: 8))
        )
        let text = try #require(transport.requests.first).text
        #expect(
            text.contains(#"":expires":{"N":"1800000120"}"#) && text.contains(#"":ended":{"N":"1799999970"}"#)
        )
        #expect(text.contains(#""ReturnValuesOnConditionCheckFailure":"ALL_OLD""#))
    }

    @Test("a lease left by a run that died goes on above all that other leases gave since")
    func after() async throws {
        let transport = ScriptedTransport { _, _ in
            Response(200, "{\(Self.item("me", fence: 8, as: "Attributes"))}")
        }
        _ = try await table(transport).take(key, for: "me")
        let text = try #require(transport.requests.first).text
        #expect(
            text.contains(#"":fence":{"N":"1800000000000"}"#) && text.contains("#fence = :fence"), "\(text)")
        #expect(text.contains("AND (attribute_not_exists(#fence) OR #fence < :fence)"), "\(text)")
    }

    /// Time that a test moves on, and renewals that come when it lets them.
    private final class Watch: Sendable {
        private let start = ContinuousClock.now
        private let passed = Guarded(Duration.zero)
        private let isLate = Guarded(false)
        private let ticks: AsyncStream<Void>
        private let sink: AsyncStream<Void>.Continuation

        init() { (ticks, sink) = AsyncStream<Void>.makeStream() }

        var time: Timekeeper {
            Timekeeper(
                now: { self.start + self.passed.with { $0 } },
                sleep: { wait in
                    if wait == LeaseKeeper.patience { return try await self.patience() }
                    for await _ in self.ticks { return }
                    throw CancellationError()
                }, chance: { 0.5 })
        }

        /// Patience has an end when a test says so.
        private func patience() async throws {
            while !isLate.with({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
        }

        func end() { isLate.with { $0 = true } }
        func pass(_ time: Duration) { passed.with { $0 += time } }
        func tick() { sink.yield() }
    }

    /// Takes a lease, and lets a test watch it while a table answers as told.
    private func watch(
        _ answer: @escaping @Sendable () -> Response,
        _ body: @escaping @Sendable (LeaseKeeper, Watch, ScriptedTransport) async throws -> Void
    ) async throws -> [String] {
        let watch = Watch()
        let keeper = LeaseKeeper(time: watch.time)
        let transport = ScriptedTransport { request, number in
            guard number > 1 else { return Response(200, "{\(Self.item("me", fence: 8, as: "Attributes"))}") }
            return request.field("X-Amz-Target")?.hasSuffix("DeleteItem") == true
                ? Response(200, "{}") : answer()
        }
        _ = try await keeper.take(key, for: "me", from: try table(transport), as: "rule")
        let (error, troubles) = await keeper.during { () async -> (any Error)? in
            do { try await body(keeper, watch, transport) } catch { return error }
            return nil
        }
        if let error { throw error }
        #expect(troubles.isEmpty)
        #expect(await keeper.loss(of: "rule") == nil)
        return transport.requests.compactMap {
            $0.field("X-Amz-Target")?.split(separator: ".").last.map(String.init)
        }
    }

    private static func until(_ condition: () async -> Bool) async throws {
        while await !condition() { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test("a renewed lease is held for as long as it is wanted, and freed", .timeLimit(.minutes(1)))
    func renewed() async throws {
        let calls = try await watch({ Response(200, "{}") }) { keeper, watch, transport in
            for number in 1...20 {
                watch.pass(.seconds(40))
                watch.tick()
                try await Self.until { transport.requests.count == number + 1 }
                #expect(await keeper.loss(of: "rule") == nil)
            }
            #expect(await keeper.lease("rule")?.fence == 8)
            #expect(await keeper.loss(of: "another rule") == nil)
        }
        #expect(calls.count == 22 && calls.last == "DeleteItem")
    }

    @Test(
        "one that can't be renewed is lost before another may take it, and not earlier",
        .timeLimit(.minutes(1)))
    func unreachable() async throws {
        let calls = try await watch({ .refusal(400, "ResourceNotFoundException") }) {
            keeper, watch, transport in
            for number in 2...3 {
                watch.tick()
                try await Self.until { transport.requests.count == number }
            }
            watch.pass(.seconds(104))
            #expect(await keeper.loss(of: "rule") == nil)
            watch.pass(.seconds(2))
            let loss = await keeper.loss(of: "rule")
            #expect(loss?.contains("could not be renewed in time: cannot UpdateItem") == true)
        }
        #expect(calls.last == "DeleteItem")
    }

    @Test("one that another took is lost at once, and is not freed", .timeLimit(.minutes(1)))
    func taken() async throws {
        let calls = try await watch({ Self.refusal("other") }) { keeper, watch, _ in
            watch.tick()
            try await Self.until { await keeper.loss(of: "rule") != nil }
            #expect(await keeper.loss(of: "rule") == "its lease was taken by another run")
        }
        #expect(calls == ["UpdateItem", "UpdateItem"])
    }

    @Test("a table that hangs costs no other lease its renewal", .timeLimit(.minutes(1)))
    func hanging() async throws {
        let watch = Watch()
        let keeper = LeaseKeeper(time: watch.time)
        let hung = ScriptedTransport { request, number throws(TransportError) in
            guard number > 1, request.field("X-Amz-Target")?.hasSuffix("DeleteItem") != true else {
                return Response(200, "{\(Self.item("me", fence: 8, as: "Attributes"))}")
            }
            try? await Task.sleep(for: .seconds(3600))
            throw TransportError(.cancelled, request.address.origin)
        }
        let sound = ScriptedTransport { _, _ in
            Response(200, "{\(Self.item("me", fence: 8, as: "Attributes"))}")
        }
        _ = try await keeper.take(key, for: "me", from: try table(hung), as: "a")
        _ = try await keeper.take(key, for: "me", from: try table(sound), as: "b")
        let (error, troubles) = await keeper.during { () async -> (any Error)? in
            do {
                watch.pass(.seconds(100))
                watch.tick()
                try await Self.until { hung.requests.count == 2 && sound.requests.count == 2 }
                watch.end()
                watch.tick()
                try await Self.until { hung.requests.count == 3 && sound.requests.count == 3 }
                watch.pass(.seconds(10))
                #expect(await keeper.loss(of: "a")?.contains("no answer in 30 s") == true)
                #expect(await keeper.loss(of: "b") == nil)
            } catch { return error }
            return nil
        }
        #expect(error == nil && troubles.isEmpty)
    }

    @Test("a table that hangs does not keep a lease from being asked for to the end", .timeLimit(.minutes(1)))
    func hangingTake() async throws {
        let watch = Watch()
        watch.end()
        let hung = ScriptedTransport { request, _ throws(TransportError) in
            try? await Task.sleep(for: .seconds(3600))
            throw TransportError(.cancelled, request.address.origin)
        }
        let keeper = LeaseKeeper(time: watch.time)
        let table = try table(hung)
        let error = await #expect(throws: AWSError.self) {
            try await keeper.take(key, for: "me", from: table, as: "rule")
        }
        #expect(error?.description.contains("no answer in 30 s") == true)
        #expect(await keeper.lease("rule") == nil)
    }
}

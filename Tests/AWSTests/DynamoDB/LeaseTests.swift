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

    /// What a keeper says of its lease while a table answers as told, on a clock that the test moves.
    private func watch(
        _ answers: @escaping @Sendable (Int) throws(TransportError) -> Response,
        _ body: @escaping @Sendable (LeaseKeeper, VirtualTime) async throws -> Void
    ) async throws {
        let virtual = VirtualTime()
        let time = Timekeeper(now: { virtual.now }, sleep: { try await virtual.sleep($0) }, chance: { 0.5 })
        let keeper = LeaseKeeper(time: time)
        let transport = ScriptedTransport { request, number throws(TransportError) in
            guard number > 1 else { return Response(200, "{\(Self.item("me", fence: 8, as: "Attributes"))}") }
            if request.field("X-Amz-Target")?.hasSuffix("DeleteItem") == true { return Response(200, "{}") }
            return try answers(number)
        }
        let table = try table(transport)
        _ = try await keeper.take(key, for: "me", from: table, as: "rule")
        let isFreed = try await virtual.run {
            let (error, troubles) = await keeper.during { () async -> (any Error)? in
                do { try await body(keeper, virtual) } catch { return error }
                return nil
            }
            if let error { throw error }
            #expect(troubles.isEmpty)
            return transport.requests.contains { $0.field("X-Amz-Target")?.hasSuffix("DeleteItem") == true }
        }
        #expect(await keeper.loss(of: "rule") == nil && isFreed)
    }

    @Test("a renewed lease is held for as long as it is wanted")
    func renewed() async throws {
        try await watch({ _ in Response(200, "{}") }) { keeper, time in
            for _ in 0..<20 {
                try await time.sleep(.seconds(37))
                #expect(await keeper.loss(of: "rule") == nil)
            }
            #expect(await keeper.lease("rule")?.fence == 8)
            #expect(await keeper.loss(of: "another rule") == nil)
        }
    }

    @Test("one that can't be renewed is lost before another may take it, and not earlier")
    func unreachable() async throws {
        try await watch({ _ in .refusal(400, "ResourceNotFoundException") }) { keeper, time in
            try await time.sleep(.seconds(104))
            #expect(await keeper.loss(of: "rule") == nil)
            try await time.sleep(.seconds(2))
            let loss = await keeper.loss(of: "rule")
            #expect(loss?.contains("could not be renewed in time: cannot UpdateItem") == true)
        }
    }

    @Test("one that another took is lost at once, and is not freed")
    func taken() async throws {
        let virtual = VirtualTime()
        let time = Timekeeper(now: { virtual.now }, sleep: { try await virtual.sleep($0) }, chance: { 0.5 })
        let keeper = LeaseKeeper(time: time)
        let transport = ScriptedTransport { _, number in
            number == 1
                ? Response(200, "{\(Self.item("me", fence: 8, as: "Attributes"))}") : Self.refusal("other")
        }
        _ = try await keeper.take(key, for: "me", from: try table(transport), as: "rule")
        try await virtual.run {
            _ = await keeper.during {
                try? await virtual.sleep(.seconds(41))
                #expect(await keeper.loss(of: "rule") == "its lease was taken by another run")
            }
        }
        #expect(transport.requests.count == 2)
    }
}

import AWS
import Desired
import FoundationEssentials
import HTTP
import HTTPTypes
import Lab
import Reconcile
import Registry
import Testing

@testable import davit

@Suite("Books of records") struct StatusBookTests {
    /// A transport that answers by a closure, and counts.
    private final class Scripted: Transport {
        let asked = Guarded(0)
        let script: @Sendable () async throws(TransportError) -> Response

        init(_ script: @escaping @Sendable () async throws(TransportError) -> Response) {
            self.script = script
        }

        func send(_ request: Request) async throws(TransportError) -> Response {
            asked.with { $0 += 1 }
            return try await script()
        }
        func pipe(_ transfer: BlobTransfer) async throws(TransportError) -> PipeOutcome {
            throw TransportError(.malformed, transfer.download.address.origin)
        }
        func fetch(_ request: Request, into sink: BlobSink) async throws(TransportError) -> Response {
            throw TransportError(.malformed, request.address.origin)
        }
        func send(_ request: Request, from body: FileBody) async throws(TransportError) -> Response {
            throw TransportError(.malformed, request.address.origin)
        }
    }

    private static func answer(_ status: Int, _ text: String) -> Response {
        Response(status: status, headers: [:], body: Array(text.utf8))
    }

    private func shelf(_ transport: any Transport, fence: Int64 = 1, variables: [String: String] = [:]) throws
        -> StatusBook.Shelf
    {
        let own = ["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1"]
        let environment = LoginEnvironment(variables: own.merging(variables) { $1 })
        let client = try AWSSession(environment, on: AWSGround(transport: transport)).client(.dynamoDB)
        return StatusBook.Shelf(
            rule: try rule(), places: ["to.test"], table: Table("records", client), fence: fence)
    }

    private func write(_ book: StatusBook, _ count: Int) async throws {
        let outcomes = try (0..<count).map { try outcome(.copied, "a/b:v\($0)") }
        await book.during { for outcome in outcomes { book.tell(.ended(outcome)) } }
    }

    @Test("all is written before the end")
    func all() async throws {
        let transport = Scripted { Self.answer(200, "{}") }
        let book = StatusBook(["harbour": try shelf(transport)], execution: "pass")
        try await write(book, 200)
        #expect(book.troubles.isEmpty && transport.asked.with { $0 } == 200)
    }

    @Test("a table that never answers is given up some time after the pass, and its records are counted")
    func slow() async throws {
        let time = VirtualTime()
        let transport = Scripted { () throws(TransportError) in
            // Until it is given up.
            do { try await Task.sleep(for: .seconds(3600)) } catch {}
            throw TransportError(.cancelled, Origin(isSecure: true, host: "x.test"))
        }
        let book = StatusBook(
            ["harbour": try shelf(transport)], execution: "pass",
            time: Timekeeper(now: { time.now }, sleep: { try await time.sleep($0) }, chance: { 0 }))
        try await time.run { try await write(book, 20) }
        #expect(
            book.troubles == ["table 'records': 20 of 20 records were not written: there was no time left"])
        #expect(time.passed == .seconds(30))
    }

    @Test("a table that refuses us is asked a few times, not for each record, and that is told once")
    func refused() async throws {
        let transport = Scripted { Self.answer(400, #"{"__type":"x#AccessDeniedException","message":"no"}"#) }
        let book = StatusBook(["harbour": try shelf(transport)], execution: "pass")
        try await write(book, 100)
        #expect(book.troubles.count == 1)
        #expect(book.troubles.first?.contains("100 of 100 records were not written: cannot PutItem") == true)
        #expect(transport.asked.with { $0 } <= 8)
    }

    @Test("who had the lease before writes over nothing", .enabled(if: Judges.areInstalled))
    func fenced() async throws {
        let moto = try await MotoServer()
        _ = try await moto.stand()
        let variables = [
            "AWS_ENDPOINT_URL": moto.url, "AWS_ACCESS_KEY_ID": moto.user.id,
            "AWS_SECRET_ACCESS_KEY": moto.user.secret,
        ]
        let loop = try CurlLoop()
        for (fence, execution, trouble) in [(5, "later", 0), (4, "earlier", 1), (5, "again", 0)] {
            let own = try shelf(loop, fence: Int64(fence), variables: variables)
            let book = StatusBook(["harbour": own], execution: execution)
            try await write(book, 1)
            #expect(book.troubles.count == trouble)
            #expect(book.troubles.allSatisfy { $0.hasSuffix("a later run has written them") })
            let held = try await moto.read().items.first?["Execution"]
            #expect(held == (execution == "earlier" ? "later" : execution))
        }
        try await moto.stop()
    }
}

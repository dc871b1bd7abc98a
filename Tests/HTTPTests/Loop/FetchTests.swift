import HTTP
import HTTPTypes
import Testing

@testable import Lab

@Suite("Fetching into a file", .timeLimit(.minutes(1))) struct FetchTests {
    private let loop: CurlLoop
    private let bytes = noise(3 << 20)
    private let file: DiskBytes
    private let sink: BlobSink

    init() throws {
        loop = try CurlLoop()
        file = try DiskBytes()
        sink = file.sink(for: bytes)
    }

    /// Asks for what the sink lacks.
    @discardableResult private func fetch(_ url: String) async throws -> Response {
        let headers: HTTPFields = sink.received > 0 ? [.range: "bytes=\(sink.received)-"] : [:]
        return try await loop.fetch(request(.get, url, headers: headers, patience: .short), into: sink)
    }

    private func failure(_ url: String) async -> TransportError? {
        await #expect(throws: TransportError.self) { try await fetch(url) }
    }

    private func part(_ range: Range<Int>) -> ScriptedResponse {
        ScriptedResponse(
            206,
            headers: ["Content-Range": "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)"],
            body: Array(bytes[range]))
    }

    @Test("what broke goes on behind what came, and the whole is hashed")
    func goesOn() async throws {
        let server = try ScriptedServer { [bytes] request in
            let first = request.headers["Range"].flatMap { Int($0.split { !$0.isNumber }[0]) } ?? 0
            var response = request.number == 1 ? ScriptedResponse(body: bytes) : part(first..<bytes.count)
            if request.number < 3 { response.fault = .end(after: 1 << 20) }
            return response
        }
        for place in [1 << 20, 2 << 20] {
            #expect(await failure(server.url)?.kind == .truncated)
            #expect(sink.received == place)
        }
        #expect(try await fetch(server.url).status == 206)
        #expect(try file.bytes == bytes)
        #expect(
            server.requests.map { $0.headers["Range"] } == [nil, "bytes=\(1 << 20)-", "bytes=\(2 << 20)-"])
    }

    @Test("a part shorter than was asked for is kept, and the rest is asked for")
    func shortPart() async throws {
        let server = try ScriptedServer { [bytes] request in
            part(request.number << 20..<min((request.number + 1) << 20, bytes.count))
        }
        try sink.take(Array(bytes[..<(1 << 20)]))
        let failure = await failure(server.url)
        #expect(failure?.kind == .truncated && failure?.end == .download)
        #expect(sink.received == 2 << 20)
        try await fetch(server.url)
        #expect(try file.bytes == bytes)
    }

    @Test("the whole where a part was asked for begins anew")
    func whole() async throws {
        let server = try ScriptedServer.holding(bytes)
        try sink.take(noise(12345).map { $0 ^ 1 })
        #expect(try await fetch(server.url).status == 200)
        #expect(try file.bytes == bytes)
    }

    @Test("bytes from another place than was asked for are not taken")
    func otherPlace() async throws {
        let server = try ScriptedServer { _ in part(5..<3 << 20) }
        try sink.take(Array(bytes[..<1000]))
        #expect(await failure(server.url)?.kind == .malformed)
        #expect(sink.received == 1000)
    }

    @Test("wrong bytes, and more or fewer than there must be, are told of the source", arguments: 0..<4)
    func wrongBytes(kind: Int) async throws {
        var wrong = bytes
        switch kind {
        case 0: wrong[bytes.count / 2] ^= 1
        case 1: wrong.removeLast()
        default: wrong.append(0)
        }
        let server = try ScriptedServer.holding(wrong, chunked: kind == 3)
        let failure = await failure(server.url)
        #expect(failure?.kind == .wrongBytes && failure?.end == .download)
        #expect(sink.refusal == nil)
    }

    @Test("silence ends it, and what came stays")
    func stalls() async throws {
        let server = try ScriptedServer { [bytes] _ in
            var response = ScriptedResponse(body: bytes)
            response.fault = .stall(after: 1 << 20, seconds: 30)
            return response
        }
        let failure = await failure(server.url)
        #expect(failure?.kind == .stalled && failure?.end == .download)
        #expect(sink.received == 1 << 20)
    }

    @Test(
        "once all bytes are there it does not matter how the source ends, only whether they are right",
        arguments: 0..<3)
    func wholeWithoutEnd(kind: Int) async throws {
        let isRight = kind < 2
        let server = try ScriptedServer { [bytes] _ in
            // A byte too many makes room for the fault that comes before it.
            var response = ScriptedResponse(body: bytes + [0])
            if !isRight { response.body[7] ^= 1 }
            response.isChunked = true
            // (A reset would take with it what the system has not handed over yet.)
            let faults: [BodyFault] = [.end(after: bytes.count), .stall(after: bytes.count, seconds: 30)]
            response.fault = faults[kind % 2]
            return response
        }
        if isRight {
            #expect(try await fetch(server.url).status == 200)
            #expect(try file.bytes == bytes)
        } else {
            #expect(await failure(server.url)?.kind == .wrongBytes)
        }
        #expect(server.requests.count == 1)
    }

    @Test("tells of its bytes while they come")
    func traffic() async throws {
        let server = try ScriptedServer.holding(bytes)
        let traffic = Traffic()
        let sink = BlobSink(
            descriptor: file.descriptor, size: Int64(bytes.count), checksum: Checksum(of: bytes),
            traffic: traffic)
        _ = try await loop.fetch(request(.get, server.url), into: sink)
        #expect(traffic.bytes == bytes.count)
    }

    @Test("cancelling ends it")
    func cancelled() async throws {
        let begun = Guarded(false)
        let server = try RawServer { connection, hold in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 200 OK\r\nContent-Length: \(3 << 20)\r\n\r\nabc")
            begun.with { $0 = true }
            hold()
        }
        let task = Task { try await loop.fetch(request(.get, server.url), into: sink) }
        try await eventually { begun.with(\.self) }
        task.cancel()
        let failure = await #expect(throws: TransportError.self) { try await task.value }
        #expect(failure?.kind == .cancelled)
    }

    @Test("another answer is handed over, and the file is not touched", arguments: [307, 404, 503])
    func otherAnswers(status: Int) async throws {
        let server = try ScriptedServer { _ in ScriptedResponse(status, body: "sorry") }
        try sink.take(Array(bytes[..<1000]))
        let response = try await fetch(server.url)
        #expect(response.status == status && response.body == Array("sorry".utf8))
        #expect(sink.received == 1000)
        #expect(try file.bytes == Array(bytes[..<1000]))
    }
}

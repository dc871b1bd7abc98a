import HTTP
import HTTPTypes
import Testing

@testable import Lab

@Suite("Pipe", .timeLimit(.minutes(3))) struct PipeTests {
    private let loop: CurlLoop
    private static let ring = 256 << 10

    init() throws { loop = try CurlLoop() }

    private func expectAnswered(_ transfer: BlobTransfer, _ status: Int = 201) async throws {
        guard case .answered(let response) = try await loop.pipe(transfer) else {
            Issue.record("refused at the source")
            return
        }
        #expect(response.status == status)
    }

    @Test(
        "brings every byte", arguments: [0, 1, 16_384, ring - 1, ring, ring + 1, 5 << 20, 64 << 20],
        [false, true])
    func sizes(size: Int, isChunked: Bool) async throws {
        let bytes = noise(size)
        let (source, destination) = try (
            ScriptedServer.holding(bytes, chunked: isChunked), ScriptedServer.taking()
        )
        try await expectAnswered(BlobTransfer(bytes, from: source.url, to: destination.url + "/up?digest=x"))
        let seen = try #require(destination.requests.first)
        #expect(seen.isWhole && seen.body == bytes)
        #expect(seen.method == "PUT" && seen.target == "/up?digest=x")
        #expect(seen.headers["Content-Length"] == "\(size)" && seen.headers["Expect"] == nil)
    }

    @Test("sha512 as well, and a part without a sum")
    func sums() async throws {
        let bytes = noise(70_000)
        let destination = try ScriptedServer.taking()
        let source = try ScriptedServer.holding(bytes)
        try await expectAnswered(BlobTransfer(bytes, from: source.url, to: destination.url, by: .sha512))
        let ranges = try ScriptedServer { request in
            let isPart = request.headers["Range"] == "bytes=100-149"
            return ScriptedResponse(isPart ? 206 : 400, body: Array(bytes[100..<150]))
        }
        var download = try request(.get, ranges.url, headers: [.range: "bytes=100-149"])
        let upload = try request(.patch, destination.url, headers: [.contentRange: "100-149"])
        try await expectAnswered(BlobTransfer(download: download, upload: upload, size: 50, checksum: nil))
        #expect(destination.taken == [bytes, Array(bytes[100..<150])])
        #expect(destination.requests[1].method == "PATCH")
        download.address = try Address(source.url)
        let failure = await #expect(throws: TransportError.self) {
            try await loop.pipe(BlobTransfer(download: download, upload: upload, size: 50, checksum: nil))
        }
        #expect(failure?.kind == .malformed && failure?.end == .download)
    }

    @Test("a slow source and a slow destination change nothing", arguments: [(40, 0), (0, 40)])
    func slow(source: Int, destination: Int) async throws {
        let bytes = noise(3 << 20)
        let slowly = { @Sendable (connection: Connection, milliseconds: Int) in
            for start in stride(from: 0, to: bytes.count, by: 128 << 10) {
                Thread.sleep(seconds: Double(milliseconds) / 1000)
                try connection.write(Array(bytes[start..<min(bytes.count, start + 128 << 10)]))
            }
        }
        let from = try RawServer { connection, _ in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n")
            try slowly(connection, source)
        }
        let got = Guarded<[UInt8]>([])
        let to = try RawServer { connection, _ in
            guard let head = try connection.readHead() else { return }
            let body = BodyReader(connection, head.requestFraming)
            while let piece = try body.next() {
                if destination > 0 { Thread.sleep(seconds: Double(destination) / 10_000) }
                got.with { $0 += piece }
            }
            try connection.say("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        }
        try await expectAnswered(BlobTransfer(bytes, from: from.url, to: to.url, patience: .short))
        #expect(got.with { $0 == bytes })
    }

    @Test("takes no more from the source than the ring holds while the destination is deaf")
    func bounded() async throws {
        let sent = Guarded(0)
        let piece = noise(64 << 10)
        let source = try RawServer { connection, _ in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 200 OK\r\nContent-Length: \(1 << 30)\r\n\r\n")
            while true {
                try connection.write(piece)
                sent.with { $0 += piece.count }
            }
        }
        let destination = try RawServer { connection, hold in
            _ = try connection.readHead()
            hold()
        }
        let transfer = BlobTransfer(
            download: try request(.get, source.url, patience: .short),
            upload: try request(.put, destination.url, patience: .short), size: 1 << 30, checksum: nil)
        let failure = await #expect(throws: TransportError.self) { try await loop.pipe(transfer) }
        #expect(failure?.kind == .stalled && failure?.end == .upload)
        // What lies in sockets counts too: some MiB on loopback, whatever the blob's size.
        #expect(sent.with { $0 } < 32 << 20)
    }

    @Test(
        "whatever else the source says comes back, and nothing is sent",
        arguments: [204, 302, 401, 404, 429, 503])
    func refusedAtSource(status: Int) async throws {
        let source = try ScriptedServer { _ in
            ScriptedResponse(status, headers: ["Location": "/x"], body: status == 204 ? "" : "why")
        }
        let destination = try ScriptedServer.taking()
        let transfer = try BlobTransfer(noise(1 << 20), from: source.url, to: destination.url)
        guard case .refusedAtSource(let response) = try await loop.pipe(transfer) else {
            Issue.record("sent on")
            return
        }
        #expect(response.status == status && response.headers[.location] == "/x")
        #expect(response.body == Array((status == 204 ? "" : "why").utf8))
        #expect(destination.requests.isEmpty)
    }

    @Test("keeps both connections for the next one")
    func reuse() async throws {
        let bytes = noise(700_000)
        let (source, destination) = try (ScriptedServer.holding(bytes), ScriptedServer.taking())
        let (from, to) = try (CountingProxy(to: source.endpoint), CountingProxy(to: destination.endpoint))
        for _ in 0..<8 { try await expectAnswered(BlobTransfer(bytes, from: from.url, to: to.url)) }
        _ = try await loop.send(request(.get, from.url))
        #expect(from.counts.connections == 1 && to.counts.connections == 1)
        #expect(destination.taken.count == 8)
    }

    @Test("32 at once, also within one server", arguments: [false, true])
    func many(isOneServer: Bool) async throws {
        let bytes = noise(900_000)
        let source = try ScriptedServer { request in
            request.method == "GET" ? ScriptedResponse(body: bytes) : ScriptedResponse(201)
        }
        let destination = isOneServer ? source : try ScriptedServer.taking()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<32 {
                let transfer = try BlobTransfer(bytes, from: source.url, to: destination.url + "/\(number)")
                group.addTask { try await expectAnswered(transfer) }
            }
            try await group.waitForAll()
        }
        let puts = destination.requests.filter { $0.method == "PUT" }
        #expect(puts.count == 32 && puts.allSatisfy { $0.isWhole && $0.body == bytes })
    }

    @Test("a destination that thinks long after the last byte is waited for")
    func commits() async throws {
        let bytes = noise(400_000)
        let source = try ScriptedServer.holding(bytes)
        let destination = try ScriptedServer { request in
            Thread.sleep(seconds: 1)
            return ScriptedResponse(201)
        }
        let patience = Patience(connect: .seconds(5), stall: .milliseconds(300), commit: .seconds(20))
        try await expectAnswered(
            BlobTransfer(bytes, from: source.url, to: destination.url, patience: patience))
    }

    @Test("an early refusal by the destination is its answer", arguments: [true, false])
    func early(closes: Bool) async throws {
        let bytes = noise(24 << 20)
        let source = try ScriptedServer.holding(bytes)
        let destination = try RawServer { connection, hold in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n")
            try connection.say(closes ? "Connection: close\r\n\r\nno" : "\r\nno")
            if closes { connection.drain(seconds: 5) } else { hold() }
        }
        let transfer = try BlobTransfer(bytes, from: source.url, to: destination.url)
        guard case .answered(let response) = try await loop.pipe(transfer) else {
            Issue.record("not answered")
            return
        }
        #expect(response.status == 413 && response.body == Array("no".utf8))
    }
}

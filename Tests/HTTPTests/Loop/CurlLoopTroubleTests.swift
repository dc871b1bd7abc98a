import HTTP
import HTTPTypes
import Testing

@testable import Lab

@Suite("CurlLoop in trouble", .timeLimit(.minutes(3))) struct CurlLoopTroubleTests {
    private let loop: CurlLoop

    init() throws { loop = try CurlLoop() }

    private func failure(_ request: Request) async -> TransportError? {
        let failure = await #expect(throws: TransportError.self) { try await loop.send(request) }
        #expect(failure?.origin == request.address.origin && failure?.end == .download)
        return failure
    }

    @Test("an answer beyond the limit is cut off", arguments: [false, true])
    func tooLarge(isChunked: Bool) async throws {
        let server = try ScriptedServer.holding(noise(200_000), chunked: isChunked)
        var request = try request(.get, server.url)
        request.answerLimit = 199_999
        #expect(await failure(request)?.kind == .tooLarge)
        request.answerLimit = 200_000
        #expect(try await loop.send(request).body.count == 200_000)
    }

    @Test("an answer without an end takes no memory")
    func endless() async throws {
        let written = Guarded(0)
        let server = try RawServer { connection, _ in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 200 OK\r\n\r\n")
            while true {
                try connection.write(noise(1 << 16))
                written.with { $0 += 1 << 16 }
            }
        }
        #expect(await failure(try request(.get, server.url))?.kind == .tooLarge)
        #expect(written.with { $0 } < 32 << 20)
    }

    @Test("a giant head is cut off, in many lines or one", arguments: [100, 50_000, 900_000])
    func giantHead(line: Int) async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 200 OK\r\n")
            let field = "X-Long: " + String(repeating: "a", count: line) + "\r\n"
            for _ in 0..<(4 << 20) / line { try connection.say(field) }
        }
        #expect(await failure(try request(.get, server.url))?.kind == .tooLarge)
    }

    @Test("interim answers without end are cut off")
    func endlessInterim() async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readHead()
            while true { try connection.say("HTTP/1.1 103 Early Hints\r\nX-A: b\r\n\r\n") }
        }
        #expect(await failure(try request(.get, server.url))?.kind == .tooLarge)
    }

    @Test("an answer that trickles ends as well")
    func trickle() async throws {
        let server = try ScriptedServer { _ in
            var response = ScriptedResponse(200)
            response.trickle = 0.1
            return response
        }
        let patience = Patience(stall: .seconds(5), whole: .milliseconds(900))
        let failure = await failure(try request(.get, server.url, patience: patience))
        #expect(failure?.kind == .stalled && failure?.detail.hasPrefix("no end after") == true)
    }

    @Test("a PUT without a body may take as long as storing takes")
    func emptyPut() async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readHead()
            Thread.sleep(seconds: 1.2)
            try connection.say("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        }
        let patience = Patience(stall: .milliseconds(300), commit: .seconds(20))
        let response = try await loop.send(request(.put, server.url, body: [], patience: patience))
        #expect(response.status == 201)
    }

    @Test("nobody listens")
    func refused() async throws {
        let url = try ScriptedServer.taking().url
        let failure = await failure(try request(.get, url))
        #expect(failure?.kind == .connect && failure?.isTransient == true)
        #expect(failure?.description.hasPrefix("\(url): no connection (") == true)
    }

    @Test("a host that does not answer at all")
    func silentHost() async throws {
        let host = try FullSocket()
        let patience = Patience(connect: .milliseconds(500))
        let failure = await failure(try request(.get, host.url, patience: patience))
        #expect(failure?.kind == .connect && failure?.isTransient == true)
        // The loop's own clock counts: this test may wait for its turn on a busy machine, the loop does not.
        let words = try #require(failure?.detail.split(separator: " "))
        let unit = try #require(words.firstIndex { $0.hasPrefix("ms") || $0.hasPrefix("milliseconds") })
        let waited = try #require(Int(words[unit - 1]))
        #expect((400..<5_000).contains(waited), "\(failure?.detail ?? "")")
    }

    @Test("an unknown host")
    func unknownHost() async throws {
        #expect(await failure(try request(.get, "http://no-such-host.invalid/"))?.kind == .unknownHost)
    }

    @Test(
        "what is no HTTP",
        arguments: [
            "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
            "\u{1}\u{2}\u{3}\u{4}\r\n\r\n",
        ])
    func noHTTP(text: String) async throws {
        let server = try RawServer(saying: text)
        #expect(await failure(try request(.get, server.url))?.kind == .malformed)
    }

    @Test("a length beyond all numbers is none")
    func absurdLength() async throws {
        let server = try RawServer(
            saying: "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nx")
        #expect(try await loop.send(request(.get, server.url)).body == [UInt8(ascii: "x")])
    }

    @Test("silence before the head, within it and within the body", arguments: [0, 12, 60])
    func stalled(after count: Int) async throws {
        let server = try RawServer { connection, hold in
            _ = try connection.readHead()
            let text = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + String(repeating: "a", count: 100)
            try connection.say(String(text.prefix(count)))
            hold()
        }
        let failure = await failure(try request(.get, server.url, patience: .short))
        #expect(failure?.kind == .stalled)
        #expect(failure?.detail == "no sign for 0.4 seconds")
    }

    @Test("a peer that takes no more of a body is blamed soon, one that thinks about it late")
    func stalledSending() async throws {
        let deaf = try RawServer { connection, hold in
            _ = try connection.readHead()
            hold()
        }
        let patience = Patience(connect: .seconds(5), stall: .milliseconds(400), commit: .seconds(3000))
        let big = try request(.put, deaf.url, body: noise(32 << 20), patience: patience)
        #expect(await failure(big)?.kind == .stalled)
        let thinker = try ScriptedServer { _ in
            Thread.sleep(seconds: 1.2)
            return ScriptedResponse(201)
        }
        let small = try request(.put, thinker.url, body: noise(100_000), patience: patience)
        #expect(try await loop.send(small).status == 201)
    }

    @Test("slow but steady is not silent")
    func steady() async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n")
            for _ in 0..<12 {
                Thread.sleep(seconds: 0.1)
                try connection.say("a")
            }
        }
        #expect(try await loop.send(request(.get, server.url, patience: .short)).body.count == 12)
    }

    @Test(
        "broken connections",
        arguments: [
            ("", TransportError.Kind.broken), ("HTTP/1.1 200", .broken),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", .truncated),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", .truncated),
        ])
    func ended(text: String, kind: TransportError.Kind) async throws {
        let server = try RawServer(saying: text)
        #expect(await failure(try request(.get, server.url))?.kind == kind)
    }

    @Test("resets", arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
    func reset(text: String) async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readHead()
            try connection.say(text)
            connection.socket.resetOnClose()
        }
        let failure = await failure(try request(.get, server.url))
        #expect(failure?.kind == .broken || failure?.kind == .truncated)
    }

    @Test("an early refusal of a body is an answer", arguments: [401, 413, 503])
    func early(status: Int) async throws {
        let server = try RawServer { connection, _ in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 \(status) No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
            connection.drain(seconds: 5)
        }
        let answer = try await loop.send(request(.put, server.url, body: noise(4 << 20)))
        #expect(answer.status == status && answer.body == Array("no".utf8))
    }
}

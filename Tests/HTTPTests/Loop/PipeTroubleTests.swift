import HTTP
import HTTPTypes
import Testing

@testable import Lab

@Suite("Pipe in trouble", .timeLimit(.minutes(3))) struct PipeTroubleTests {
    private let loop: CurlLoop
    private static let sizes = [1, 20_000, 256 << 10, 3 << 20]

    init() throws { loop = try CurlLoop() }

    private func failure(_ transfer: BlobTransfer) async -> TransportError? {
        let failure = await #expect(throws: TransportError.self) { try await loop.pipe(transfer) }
        let request = failure?.end == .upload ? transfer.upload : transfer.download
        #expect(failure?.origin == request.address.origin)
        return failure
    }

    /// A destination that reads only after a while, so that the source's last bytes find the ring full.
    private func sleepy() throws -> (RawServer, Guarded<Int>) {
        let whole = Guarded(0)
        let server = try RawServer { connection, _ in
            guard let head = try connection.readHead() else { return }
            Thread.sleep(seconds: 0.3)
            _ = try BodyReader(connection, head.requestFraming).rest()
            whole.with { $0 += 1 }
            try connection.say("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        }
        return (server, whole)
    }

    @Test("wrong bytes never end well at the destination", arguments: sizes, [false, true])
    func wrongBytes(size: Int, isChunked: Bool) async throws {
        let bytes = noise(size)
        var wrong = bytes
        wrong[size / 2] ^= 1
        let (source, destination) = try (
            ScriptedServer.holding(wrong, chunked: isChunked), ScriptedServer.taking()
        )
        let failure = await failure(try BlobTransfer(bytes, from: source.url, to: destination.url))
        #expect(failure?.kind == .wrongBytes && failure?.end == .download)
        #expect(failure?.detail.hasPrefix("they hash to ") == true)
        #expect(destination.taken.isEmpty)
    }

    @Test("wrong bytes before a sleepy destination end too", arguments: [false, true])
    func wrongBytesWhilePaused(isChunked: Bool) async throws {
        let bytes = noise(24 << 20)
        var wrong = bytes
        wrong[5] ^= 1
        let source = try ScriptedServer.holding(wrong, chunked: isChunked)
        let (destination, whole) = try sleepy()
        let failure = await failure(try BlobTransfer(bytes, from: source.url, to: destination.url))
        #expect(failure?.kind == .wrongBytes && failure?.end == .download)
        #expect(whole.with { $0 } == 0)
    }

    @Test("a source that has sent all and does not end is not waited for")
    func endlessSource() async throws {
        let bytes = noise(20_000)
        let source = try RawServer { connection, hold in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try connection.say("\(String(bytes.count, radix: 16))\r\n")
            try connection.write(bytes + [13, 10])
            hold()
        }
        let destination = try ScriptedServer.taking()
        let start = ContinuousClock.now
        let outcome = try await loop.pipe(BlobTransfer(bytes, from: source.url, to: destination.url))
        guard case .answered(let response) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(response.status == 201 && ContinuousClock.now - start < .seconds(10))
    }

    @Test("the empty blob is checked too")
    func wrongEmpty() async throws {
        let (source, destination) = try (ScriptedServer.holding([]), ScriptedServer.taking())
        var transfer = try BlobTransfer([], from: source.url, to: destination.url)
        transfer.checksum = Checksum(of: [1])
        #expect(await failure(transfer)?.kind == .wrongBytes)
        #expect(destination.requests.isEmpty)
    }

    @Test("more or less than was promised", arguments: [-1, 1, 100_000], [false, true])
    func otherSize(more: Int, isChunked: Bool) async throws {
        let bytes = noise(300_000)
        let other = noise(300_000 + more)
        let (source, destination) = try (
            ScriptedServer.holding(other, chunked: isChunked), ScriptedServer.taking()
        )
        let failure = await failure(try BlobTransfer(bytes, from: source.url, to: destination.url))
        #expect(failure?.kind == (isChunked && more < 0 ? .truncated : .wrongBytes))
        #expect(failure?.end == .download)
        #expect(destination.taken.isEmpty)
    }

    @Test(
        "a body cut short, ended or reset",
        arguments: [BodyFault.end(after: 5000), .reset(after: 5000), .reset(after: 0)])
    func cut(fault: BodyFault) async throws {
        let bytes = noise(1 << 20)
        let source = try ScriptedServer { _ in
            var response = ScriptedResponse(body: bytes)
            response.fault = fault
            return response
        }
        let destination = try ScriptedServer.taking()
        let failure = await failure(try BlobTransfer(bytes, from: source.url, to: destination.url))
        #expect(failure?.kind == .truncated || failure?.kind == .broken)
        #expect(failure?.end == .download && destination.taken.isEmpty)
    }

    @Test("a destination that goes without a word", arguments: [true, false])
    func destinationGoes(resets: Bool) async throws {
        let bytes = noise(8 << 20)
        let source = try ScriptedServer.holding(bytes)
        let destination = try RawServer { connection, _ in
            _ = try connection.readHead()
            _ = try connection.read()
            if resets { connection.socket.resetOnClose() }
        }
        let failure = await failure(try BlobTransfer(bytes, from: source.url, to: destination.url))
        #expect(failure?.kind == .broken && failure?.end == .upload)
    }

    @Test("a destination that takes all and goes without a word")
    func unacknowledged() async throws {
        let bytes = noise(100_000)
        let source = try ScriptedServer.holding(bytes)
        let destination = try RawServer { connection, _ in _ = try connection.readRequest() }
        let failure = await failure(try BlobTransfer(bytes, from: source.url, to: destination.url))
        #expect(failure?.kind == .broken && failure?.end == .upload)
    }

    @Test("a destination that says yes before it has all is not believed")
    func earlyYes() async throws {
        let source = try RawServer { connection, hold in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nabc")
            hold()
        }
        let destination = try RawServer { connection, _ in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            connection.drain(seconds: 0.2)
        }
        let transfer = try BlobTransfer(
            noise(1_000_000), from: source.url, to: destination.url, patience: .short)
        #expect(await failure(transfer) != nil)
    }

    @Test("nobody listens at the destination")
    func refused() async throws {
        let bytes = noise(3 << 20)
        let source = try ScriptedServer.holding(bytes)
        let gone = try ScriptedServer.taking().url
        let failure = await failure(try BlobTransfer(bytes, from: source.url, to: gone))
        #expect(failure?.kind == .connect && failure?.end == .upload)
    }

    @Test(
        "a source that falls silent is blamed, not the destination that waits",
        arguments: [0, 70_000, 400_000])
    func sourceStalls(after count: Int) async throws {
        let bytes = noise(3 << 20)
        let source = try RawServer { connection, hold in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n")
            try connection.write(Array(bytes[..<count]))
            hold()
        }
        let destination = try ScriptedServer.taking()
        let transfer = try BlobTransfer(bytes, from: source.url, to: destination.url, patience: .short)
        let failure = await failure(transfer)
        #expect(failure?.kind == .stalled && failure?.end == .download)
        #expect(failure?.detail == "no sign for 0.4 seconds after \(count) of \(bytes.count) bytes")
    }

    @Test("a destination that takes nothing, or never answers, is blamed", arguments: [1 << 20, 64 << 20])
    func destinationStalls(size: Int) async throws {
        let bytes = noise(size)
        let source = try ScriptedServer.holding(bytes)
        let destination = try RawServer { connection, hold in
            _ = try connection.readHead()
            hold()
        }
        let transfer = try BlobTransfer(bytes, from: source.url, to: destination.url, patience: .short)
        let failure = await failure(transfer)
        #expect(failure?.kind == .stalled && failure?.end == .upload)
    }

    @Test("cancelling ends both sides", arguments: [true, false])
    func cancelled(stallsAtSource: Bool) async throws {
        let begun = Guarded(false)
        let source = try RawServer { connection, hold in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 200 OK\r\nContent-Length: \(64 << 20)\r\n\r\n")
            if stallsAtSource { hold() } else { try connection.write(noise(64 << 20)) }
        }
        let destination = try RawServer { connection, hold in
            _ = try connection.readHead()
            begun.with { $0 = true }
            hold()
        }
        let transfer = BlobTransfer(
            download: try request(.get, source.url), upload: try request(.put, destination.url),
            size: 64 << 20,
            checksum: nil)
        let task = Task { try await loop.pipe(transfer) }
        try await eventually { begun.with(\.self) }
        task.cancel()
        let failure = await #expect(throws: TransportError.self) { try await task.value }
        #expect(failure?.kind == .cancelled)
    }
}

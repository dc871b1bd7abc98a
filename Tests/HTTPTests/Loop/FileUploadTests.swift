import HTTP
import HTTPTypes
import Testing

@testable import Lab

@Suite("Sending from a file", .timeLimit(.minutes(1))) struct FileUploadTests {
    private let loop: CurlLoop
    private let bytes = noise(3 << 20)

    init() throws { loop = try CurlLoop() }

    /// Sends bytes that are to stand in a file, or a part of them.
    private func send(_ file: DiskBytes, of bytes: [UInt8], _ part: Range<Int>? = nil, to url: String)
        async throws -> Response
    {
        // The file is open as long as it is read.
        defer { withExtendedLifetime(file) {} }
        return try await loop.send(
            request(.put, url, patience: .short), from: file.body(of: bytes, part))
    }

    private func failure(_ file: DiskBytes, of bytes: [UInt8], to url: String) async -> TransportError? {
        await #expect(throws: TransportError.self) { try await send(file, of: bytes, to: url) }
    }

    @Test("brings a file, or a part of it")
    func brings() async throws {
        let file = try DiskBytes(bytes)
        let server = try ScriptedServer.taking()
        let part = 1_000_001..<2_500_000
        #expect(try await send(file, of: bytes, to: server.url).status == 201)
        #expect(try await send(file, of: bytes, part, to: server.url).status == 201)
        #expect(server.taken == [bytes, Array(bytes[part])])
    }

    @Test("wrong bytes never end well at the destination", arguments: [1, 20_000, 3 << 20])
    func wrongBytes(size: Int) async throws {
        let right = noise(size)
        var wrong = right
        wrong[size / 2] ^= 1
        let file = try DiskBytes(wrong)
        let server = try ScriptedServer.taking()
        let failure = await failure(file, of: right, to: server.url)
        #expect(failure?.kind == .wrongBytes && failure?.end == .download)
        #expect(server.taken.isEmpty)
    }

    @Test("a file that has grown shorter is told of the file")
    func shorter() async throws {
        let file = try DiskBytes(bytes)
        file.cut(to: 1 << 20)
        let server = try ScriptedServer.taking()
        let failure = await failure(file, of: bytes, to: server.url)
        #expect(failure?.kind == .storage && failure?.end == .download)
        #expect(failure?.detail.contains("after \(1 << 20) bytes: it has grown shorter") == true)
        #expect(server.taken.isEmpty)
    }

    @Test("silence of the destination ends it")
    func stalls() async throws {
        let large = noise(24 << 20)
        let file = try DiskBytes(large)
        let server = try RawServer { connection, hold in
            _ = try connection.readHead()
            hold()
        }
        let failure = await failure(file, of: large, to: server.url)
        #expect(failure?.kind == .stalled && failure?.end == .upload)
    }

    @Test("a destination that breaks off is told as such")
    func breaks() async throws {
        let large = noise(24 << 20)
        let file = try DiskBytes(large)
        let server = try RawServer { connection, _ in _ = try connection.readHead() }
        let failure = await failure(file, of: large, to: server.url)
        #expect(failure?.end == .upload && failure.map { TransportError.isTransient($0.kind) } == true)
    }

    @Test("a refusal in mid-body is the answer; a success there is none", arguments: [413, 201])
    func early(status: Int) async throws {
        let large = noise(24 << 20)
        let file = try DiskBytes(large)
        let server = try RawServer { connection, hold in
            _ = try connection.readHead()
            try connection.say("HTTP/1.1 \(status) X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            hold()
        }
        do {
            let response = try await send(file, of: large, to: server.url)
            #expect(status == 413 && response.status == 413)
        } catch let error as TransportError {
            #expect(status == 201 && error.end == .upload)
        }
    }

    @Test("a meter tells of its bytes")
    func traffic() async throws {
        let bytes = noise(1 << 20)
        let (server, meter) = (try ScriptedServer.taking(), Meter())
        let file = try DiskBytes(bytes)
        _ = try await MeteredTransport(loop, meter).send(
            request(.put, server.url), from: file.body(of: bytes))
        #expect(meter.traffic.bytes == bytes.count)
        #expect(await meter.requests.values.map { $0 } == [1])
    }

    @Test("cancelling ends it")
    func cancelled() async throws {
        let large = noise(24 << 20)
        let file = try DiskBytes(large)
        let begun = Guarded(false)
        let server = try RawServer { connection, hold in
            _ = try connection.readHead()
            begun.with { $0 = true }
            hold()
        }
        let body = file.body(of: large)
        let task = Task { try await loop.send(request(.put, server.url), from: body) }
        try await eventually { begun.with(\.self) }
        task.cancel()
        let failure = await #expect(throws: TransportError.self) { try await task.value }
        #expect(failure?.kind == .cancelled)
        withExtendedLifetime(file) {}
    }
}

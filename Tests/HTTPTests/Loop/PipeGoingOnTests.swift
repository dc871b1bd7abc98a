import HTTP
import HTTPTypes
import Testing

@testable import Lab

@Suite("Pipe that goes on", .timeLimit(.minutes(3))) struct PipeGoingOnTests {
    private let loop: CurlLoop
    private let bytes = noise(6 << 20)

    init() throws { loop = try CurlLoop() }

    /// A guide by two closures, that remembers what it was asked.
    private final class Guide: TransferGuide {
        let breaks = Guarded<[Int64]>([])
        let parts = Guarded<[Int64]>([])
        private let again: @Sendable (SourceSetback, Int64) async -> Request?
        private let next: @Sendable (Response, Int64) -> Request?

        init(
            again: @escaping @Sendable (SourceSetback, Int64) async -> Request? = { _, _ in nil },
            next: @escaping @Sendable (Response, Int64) -> Request? = { _, _ in nil }
        ) {
            (self.again, self.next) = (again, next)
        }

        func reopen(after setback: SourceSetback, at offset: Int64) async -> Request? {
            breaks.with { $0.append(offset) }
            return await again(setback, offset)
        }

        func nextPart(after response: Response, sent: Int64) async -> Request? {
            parts.with { $0.append(sent) }
            return next(response, sent)
        }
    }

    /// A guide that asks one URL for the rest.
    private func asking(_ url: String, patience: Patience = Patience()) -> Guide {
        Guide { _, offset in
            try? request(.get, url, headers: [.range: "bytes=\(offset)-"], patience: patience)
        }
    }

    /// A source of which each answer is spoilt by what stands for its number, from 1.
    private func source(_ faults: [Int: BodyFault], ranges: Bool = true) throws -> ScriptedServer {
        let bytes = bytes
        return try ScriptedServer { request in
            let first = request.headers["Range"].flatMap { Int($0.split { !$0.isNumber }[0]) } ?? 0
            var response =
                first > 0 && ranges
                ? ScriptedResponse(
                    206, headers: ["Content-Range": "bytes \(first)-\(bytes.count - 1)/\(bytes.count)"],
                    body: Array(bytes[first...]))
                : ScriptedResponse(body: bytes)
            response.fault = faults[request.number]
            return response
        }
    }

    private func copy(_ source: ScriptedServer, _ destination: ScriptedServer, _ guide: Guide) async throws
        -> PipeOutcome
    {
        var transfer = try BlobTransfer(bytes, from: source.url, to: destination.url, patience: .short)
        transfer.guide = guide
        return try await loop.pipe(transfer)
    }

    private func expectWhole(_ outcome: PipeOutcome, _ destination: ScriptedServer) {
        guard case .answered(let response) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(response.status == 201)
        #expect(destination.requests.count == 1 && destination.taken == [bytes])
    }

    @Test("a source that breaks off again and again is read on, into one upload")
    func breaks() async throws {
        let source = try source([
            1: .end(after: 1 << 20), 2: .reset(after: 500_000), 3: .end(after: 0), 4: .end(after: 1),
            5: .stall(after: 100_000, seconds: 3), 6: .end(after: 1 << 20),
        ])
        let destination = try ScriptedServer.taking()
        let guide = asking(source.url, patience: .short)
        expectWhole(try await copy(source, destination, guide), destination)
        let asked = guide.breaks.with { $0 }
        #expect(asked.count == 6 && asked == asked.sorted() && asked[0] == 1 << 20)
        let ranges = source.requests.compactMap { $0.headers["Range"] }
        #expect(ranges == asked.map { "bytes=\($0)-" })
    }

    @Test("a destination waits for a source that takes longer than silence is borne")
    func waits() async throws {
        let source = try source([1: .end(after: 300_000)])
        let destination = try ScriptedServer.taking()
        let asking = asking(source.url)
        let guide = Guide { setback, offset in
            try? await Task.sleep(for: .milliseconds(1200))
            return await asking.reopen(after: setback, at: offset)
        }
        expectWhole(try await copy(source, destination, guide), destination)
    }

    @Test("what a source without ranges sends again is dropped")
    func noRanges() async throws {
        let source = try source([1: .end(after: 3_000_001), 2: .end(after: 4_000_000)], ranges: false)
        let destination = try ScriptedServer.taking()
        let guide = asking(source.url)
        expectWhole(try await copy(source, destination, guide), destination)
        #expect(guide.breaks.with { $0 } == [3_000_001, 4_000_000])
    }

    @Test("bytes from another place than was asked for end the stream")
    func otherPlace() async throws {
        let source = try ScriptedServer { request in
            guard request.number > 1 else {
                var response = ScriptedResponse(body: noise(6 << 20))
                response.fault = .end(after: 1000)
                return response
            }
            return ScriptedResponse(206, headers: ["Content-Range": "bytes 7-9/20"], body: "abc")
        }
        let destination = try ScriptedServer.taking()
        let failure = await #expect(throws: TransportError.self) {
            try await copy(source, destination, asking(source.url))
        }
        #expect(failure?.kind == .malformed && failure?.end == .download)
    }

    @Test("a wrong byte behind a break is found, and the destination never has the whole")
    func wrongByte() async throws {
        let source = try source([1: .end(after: 1 << 20), 2: .corrupt(at: 77)])
        let destination = try ScriptedServer.taking()
        let failure = await #expect(throws: TransportError.self) {
            try await copy(source, destination, asking(source.url))
        }
        #expect(failure?.kind == .wrongBytes && destination.taken.isEmpty)
    }

    @Test(
        "a refusal to go on is told to the guide; without an answer the stream ends as broken",
        arguments: [true, false])
    func refusals(goesOn: Bool) async throws {
        let bytes = bytes
        let source = try ScriptedServer { request in
            if request.number == 2 { return .error(503, "UNAVAILABLE") }
            let body = request.number == 1 ? bytes : Array(bytes[1000...])
            var response = ScriptedResponse(request.number == 1 ? 200 : 206, body: body)
            if request.number == 1 { response.fault = .end(after: 1000) }
            return response
        }
        let asking = asking(source.url)
        let seen = Guarded<[Int]>([])
        let guide = Guide { setback, offset in
            if case .refused(let response) = setback {
                seen.with { $0.append(response.status) }
                if !goesOn { return nil }
            }
            return await asking.reopen(after: setback, at: offset)
        }
        let destination = try ScriptedServer.taking()
        if goesOn {
            expectWhole(try await copy(source, destination, guide), destination)
        } else {
            let failure = await #expect(throws: TransportError.self) {
                try await copy(source, destination, guide)
            }
            #expect(failure?.kind == .broken && failure?.detail.contains("status 503 after 1000") == true)
        }
        #expect(seen.with { $0 } == [503])
    }

    @Test("a destination that refuses while the source is opened again is heard")
    func refusedMeanwhile() async throws {
        let source = try source([1: .end(after: 200_000)])
        let answered = Guarded(false)
        let destination = try RawServer { connection, hold in
            guard let head = try connection.readHead() else { return }
            let body = BodyReader(connection, head.requestFraming)
            var count = 0
            while count < 200_000, let piece = try body.next() { count += piece.count }
            try connection.say("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            connection.drain(seconds: 0.5)
            answered.with { $0 = true }
        }
        let asking = asking(source.url)
        let guide = Guide { setback, offset in
            try? await eventually { answered.with { $0 } }
            return await asking.reopen(after: setback, at: offset)
        }
        var transfer = try BlobTransfer(bytes, from: source.url, to: destination.url)
        transfer.guide = guide
        guard case .answered(let response) = try await loop.pipe(transfer) else {
            return #expect(Bool(false))
        }
        #expect(response.status == 413)
    }

    @Test("cancelling ends a stream whose source is being opened again")
    func cancelled() async throws {
        let source = try source([1: .end(after: 200_000)])
        let destination = try ScriptedServer.taking()
        let asked = Guarded(false)
        let guide = Guide { _, _ in
            asked.with { $0 = true }
            try? await Task.sleep(for: .seconds(100))
            return nil
        }
        let task = Task { try await copy(source, destination, guide) }
        try await eventually { asked.with { $0 } }
        task.cancel()
        let failure = await #expect(throws: TransportError.self) { try await task.value }
        #expect(failure?.kind == .cancelled && destination.taken.isEmpty)
    }

    @Test(
        "goes up in parts, each to where the last one's answer says",
        arguments: [1 << 20, 1_000_003, 6 << 20, 7 << 20])
    func parts(size: Int) async throws {
        let source = try source([1: .end(after: 2_500_000)])
        let destination = try ScriptedServer { request in
            ScriptedResponse(202, headers: ["Location": "/part/\(request.number)"])
        }
        let asking = asking(source.url)
        let guide = Guide(
            again: { await asking.reopen(after: $0, at: $1) },
            next: { response, _ in
                guard let place = response.headers[.location] else { return nil }
                return try? request(.patch, destination.url + place)
            })
        var transfer = try BlobTransfer(bytes, from: source.url, to: destination.url)
        transfer.guide = guide
        transfer.partSize = Int64(size)
        guard case .answered(let response) = try await loop.pipe(transfer) else {
            return #expect(Bool(false))
        }
        #expect(response.status == 202)
        #expect(Array(destination.taken.joined()) == bytes)
        let count = (bytes.count + size - 1) / size
        #expect(destination.taken.map(\.count).dropLast() == [Int](repeating: size, count: count - 1)[...])
        #expect(guide.parts.with { $0 } == (1..<max(1, count)).map { Int64($0 * size) })
        #expect(destination.requests.dropFirst().map(\.target) == (1..<max(1, count)).map { "/part/\($0)" })
    }

    @Test("a part that is refused is the answer; one without a next request ends the stream")
    func refusedParts() async throws {
        let source = try source([:])
        let destination = try ScriptedServer { ScriptedResponse($0.number == 2 ? 416 : 202) }
        var transfer = try BlobTransfer(bytes, from: source.url, to: destination.url)
        transfer.partSize = 1 << 20
        transfer.guide = Guide(next: { _, _ in try? request(.patch, destination.url) })
        guard case .answered(let response) = try await loop.pipe(transfer) else {
            return #expect(Bool(false))
        }
        #expect(response.status == 416)
        transfer.guide = Guide()
        let failure = await #expect(throws: TransportError.self) { try await loop.pipe(transfer) }
        #expect(failure?.kind == .broken && failure?.end == .upload)
    }
}

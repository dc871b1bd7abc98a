import HTTP
import HTTPTypes
import Testing

@testable import Lab

@Suite("CurlLoop's life", .timeLimit(.minutes(3))) struct CurlLoopLifeTests {
    private let silent: ScriptedServer

    init() throws { silent = try ScriptedServer { _ in ScriptedResponse(0) } }

    private func isWaiting(_ count: Int = 1) async throws {
        try await eventually { silent.requests.count >= count }
    }

    @Test("a task that is cancelled before it starts sends nothing")
    func cancelledBefore() async throws {
        let loop = try CurlLoop()
        let (url, gate) = (silent.url, Guarded(false))
        let task = Task {
            while !gate.with({ $0 }) { await Task.yield() }
            return try await loop.send(request(.get, url))
        }
        task.cancel()
        gate.with { $0 = true }
        let failure = await #expect(throws: TransportError.self) { try await task.value }
        #expect(failure?.kind == .cancelled)
    }

    @Test("cancelling ends a request that waits, and quickly")
    func cancelledWaiting() async throws {
        let loop = try CurlLoop()
        let url = silent.url
        let task = Task { try await loop.send(request(.get, url)) }
        try await isWaiting()
        let start = ContinuousClock.now
        task.cancel()
        let failure = await #expect(throws: TransportError.self) { try await task.value }
        #expect(failure?.kind == .cancelled)
        // Far less than silence is borne, however busy the machine is.
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test("cancelling ends a body on its way, both ways", arguments: [HTTPRequest.Method.get, .put])
    func cancelledInBody(method: HTTPRequest.Method) async throws {
        let begun = Guarded(false)
        let server = try RawServer { connection, hold in
            _ = try connection.readHead()
            if method == .get { try connection.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc") }
            begun.with { $0 = true }
            hold()
        }
        let loop = try CurlLoop()
        let task = Task {
            try await loop.send(request(method, server.url, body: method == .put ? noise(32 << 20) : nil))
        }
        try await eventually { begun.with(\.self) }
        task.cancel()
        let failure = await #expect(throws: TransportError.self) { try await task.value }
        #expect(failure?.kind == .cancelled)
    }

    @Test("cancelling at any moment ends a request, once")
    func cancelledAnywhen() async throws {
        let (loop, server) = try (CurlLoop(), ScriptedServer.taking())
        for round in 0..<200 {
            let task = Task { try await loop.send(request(.get, server.url)) }
            for _ in 0..<round % 20 { await Task.yield() }
            task.cancel()
            _ = await task.result
        }
        #expect(try await loop.send(request(.get, server.url)).status == 201)
    }

    @Test("stopping ends all that runs, and nothing runs after it")
    func stops() async throws {
        let loop = try CurlLoop()
        let url = silent.url
        let transfer = try BlobTransfer([1], from: url, to: url)
        let kinds = await withTaskGroup(of: TransportError.Kind?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    do throws(TransportError) {
                        if number.isMultiple(of: 2) {
                            _ = try await loop.send(transfer.download)
                        } else {
                            _ = try await loop.pipe(transfer)
                        }
                        return nil
                    } catch { return error.kind }
                }
            }
            group.addTask {
                try? await isWaiting(20)
                loop.stop()
                return .stopped
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(kinds.count == 21 && kinds.allSatisfy { $0 == .stopped })
        let failure = await #expect(throws: TransportError.self) { try await loop.send(transfer.download) }
        #expect(failure?.kind == .stopped && failure?.isTransient == false)
        loop.stop()
    }

    @Test("many loops start, work, and stop or are let go in mid-work")
    func manyLoops() async throws {
        let server = try ScriptedServer.holding(noise(100_000))
        let quiet = silent.url
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    guard let loop = try? CurlLoop() else { return }
                    await withTaskGroup(of: Void.self) { inner in
                        inner.addTask { _ = try? await loop.send(request(.get, server.url)) }
                        inner.addTask {
                            _ = try? await loop.send(request(.get, number % 2 == 0 ? quiet : server.url))
                        }
                        if number % 2 == 0 {
                            inner.addTask { loop.stop() }
                        }
                    }
                }
            }
        }
        let counted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask { (try? await CurlLoop().send(request(.get, server.url)).body.count) ?? 0 }
            }
            return await group.reduce(0, +)
        }
        #expect(counted == 2_000_000)
    }
}

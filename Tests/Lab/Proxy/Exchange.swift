import Foundation

/// One request and its answer on their way through a proxy.
struct Exchange {
    /// Thrown when a fault has ended the client's connection.
    private struct Broken: Error {}

    let proxy: CountingProxy
    let request: ProxyRequest
    let head: Head
    let client: Connection
    let upstream: Upstream
    let verdict: Verdict

    /// Lets it through, as the verdict says; false when the client's connection can't be used again.
    func run() throws -> Bool {
        proxy.listener.pause(proxy.delay, watching: client.socket)
        if case .hold(let seconds) = verdict { proxy.listener.pause(seconds, watching: client.socket) }
        let body = BodyReader(client, head.requestFraming)
        do {
            if case .answer(let response) = verdict { return try answer(response, body) }
            return try forward(body)
        } catch is Broken {
            upstream.forget()
            return false
        } catch {
            // The registry went away: so do we, in the same way that it did.
            upstream.forget()
            client.socket.resetOnClose()
            throw error
        }
    }

    private func answer(_ response: ScriptedResponse, _ body: BodyReader) throws -> Bool {
        proxy.note(request.number) { $0.status = response.status }
        let keeps = try response.send(
            to: client, method: head.method, pause: { proxy.listener.pause($0, watching: client.socket) },
            sent: { count in proxy.note(request.number) { $0.bytesDown += count } })
        guard keeps else { return false }
        if body.isAtEnd { return !head.wantsClose }
        client.drain()
        return false
    }

    private func forward(_ body: BodyReader) throws -> Bool {
        if case .request(.reset(after: 0)) = verdict { return try breakOff() }
        let peer = try upstream.connection()
        var onward = head
        if case .dropFromRequest(let name) = verdict { onward.headers[name] = nil }
        try peer.write(onward.bytes)
        let early = try sendBody(body, to: peer)
        guard let answer = try early ?? finalHead(from: peer) else {
            throw LabError("the registry ended without an answer")
        }
        try relay(answer, from: peer)
        if answer.wantsClose || !body.isAtEnd { upstream.forget() }
        if !body.isAtEnd { client.drain() }
        let sized = answer.answerFraming(to: head.method) != .untilClose
        return body.isAtEnd && !answer.wantsClose && !head.wantsClose && sized
    }

    /// Sends the request's body on; returns the head of an answer that came before its end.
    private func sendBody(_ body: BodyReader, to peer: Connection) throws -> Head? {
        var fault = FaultCursor(requestFault)
        let chunked = head.requestFraming == .chunked
        while !body.isAtEnd {
            while !client.hasBytesAhead, !client.socket.isReadable(within: 20) {
                if peer.socket.isReadable(), let answer = try nextHead(from: peer) { return answer }
            }
            guard let piece = try body.next() else { break }
            proxy.note(request.number) { $0.bytesUp += piece.count }
            for part in fault.parts(of: piece) {
                switch part {
                case .bytes(let bytes):
                    if let answer = try send(chunked ? Self.chunk(bytes) : bytes, to: peer) { return answer }
                case .pause(let seconds): proxy.listener.pause(seconds, watching: client.socket)
                case .reset: _ = try breakOff()
                case .end: try endBoth(peer)
                }
            }
        }
        return chunked ? try send(Array("0\r\n\r\n".utf8), to: peer) : nil
    }

    /// Sends bytes on; returns the final head if the registry spoke before all were taken.
    private func send(_ bytes: [UInt8], to peer: Connection) throws -> Head? {
        var sent = 0
        while sent < bytes.count {
            sent += try peer.writeUnlessAnswered(bytes[sent...])
            if sent < bytes.count, let answer = try nextHead(from: peer) { return answer }
        }
        return nil
    }

    /// The next head from the registry; an interim one (100) goes straight to the client.
    private func nextHead(from peer: Connection) throws -> Head? {
        guard let answer = try peer.readHead() else { throw LabError("the registry ended early") }
        if answer.status >= 200 { return answer }
        try client.write(answer.bytes)
        return nil
    }

    private func finalHead(from peer: Connection) throws -> Head? {
        while true {
            if let answer = try nextHead(from: peer) { return answer }
        }
    }

    private func relay(_ answer: Head, from peer: Connection) throws {
        let framing = answer.answerFraming(to: head.method)
        let body = BodyReader(peer, framing)
        if case .swallowAnswer = verdict {
            _ = try body.rest()
            _ = try breakOff()
        }
        var shown = answer
        if case .drop(let name) = verdict { shown.headers[name] = nil }
        if case .set(let name, let value) = verdict { shown.headers[name] = value }
        proxy.note(request.number) { $0.status = answer.status }
        try client.write(shown.bytes)
        try sendBack(body, framing, peer)
    }

    private func sendBack(_ body: BodyReader, _ framing: Framing, _ peer: Connection) throws {
        var fault = FaultCursor(responseFault)
        if case .reset(after: 0) = responseFault { _ = try breakOff() }
        while let piece = try body.next() {
            for part in fault.parts(of: piece) {
                switch part {
                case .bytes(let bytes):
                    proxy.note(request.number) { $0.bytesDown += bytes.count }
                    try client.write(framing == .chunked ? Self.chunk(bytes) : bytes)
                case .pause(let seconds): proxy.listener.pause(seconds, watching: client.socket)
                case .reset: _ = try breakOff()
                case .end: try endBoth(peer)
                }
            }
        }
        if framing == .chunked { try client.write(Array("0\r\n\r\n".utf8)) }
    }

    private var requestFault: BodyFault? {
        if case .request(let fault) = verdict { return fault }
        return nil
    }

    private var responseFault: BodyFault? {
        if case .response(let fault) = verdict { return fault }
        return nil
    }

    private func breakOff() throws -> Bool {
        client.socket.resetOnClose()
        throw Broken()
    }

    private func endBoth(_ peer: Connection) throws {
        client.drain()
        throw Broken()
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
    }
}

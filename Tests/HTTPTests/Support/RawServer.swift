@testable import Lab

/// A server that says what no well-behaved one would: a closure serves each connection, byte by byte.
final class RawServer: Sendable {
    /// Keeps a connection open without reading from it, until its peer or the server goes.
    typealias Hold = () -> Void

    private let listener: Listener
    private let accepted = Guarded(0)

    init(_ serve: @escaping @Sendable (Connection, Hold) throws -> Void) throws {
        listener = try Listener(Endpoint(port: 0))
        listener.start { [listener, accepted] connection in
            accepted.with { $0 += 1 }
            try serve(connection) { listener.pause(60, watching: connection.socket) }
        }
    }

    /// Sends the same bytes to whoever has sent a head, and closes.
    convenience init(saying text: String) throws {
        try self.init { connection, _ in
            _ = try connection.readHead()
            try connection.write(Array(text.utf8))
            connection.drain()
        }
    }

    deinit { listener.stop() }

    var url: String { listener.endpoint.url }
    var connections: Int { accepted.with { $0 } }
}

extension Connection {
    /// Reads one request with its body.
    func readRequest() throws -> (head: Head, body: [UInt8])? {
        guard let head = try readHead() else { return nil }
        return (head, try BodyReader(self, head.requestFraming).rest())
    }

    func say(_ text: String) throws { try write(Array(text.utf8)) }
}

import Foundation

/// What a server answered.
public struct RawAnswer: Sendable {
    /// The status code.
    public let status: Int
    /// The header fields.
    public let headers: Headers
    /// The whole body.
    public let body: [UInt8]

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }
}

/// What is sent behind a request's head.
public enum RawBody: Sendable {
    /// These bytes, with their length.
    case bytes([UInt8])
    /// A made blob, streamed, with its length.
    case blob(MadeBlob)
    /// These bytes as chunks of a size.
    case chunked([UInt8], size: Int)

    /// No bytes.
    public static var none: RawBody { .bytes([]) }
}

/// A bare HTTP/1.1 client over one kept connection, which shares no code with what is tested.
public final class RawClient {
    private let endpoint: Endpoint
    private let login: Login?
    private var connection: Connection?

    /// Makes a client for one server.
    public init(_ endpoint: Endpoint, login: Login? = nil) {
        self.endpoint = endpoint
        self.login = login
    }

    deinit { connection?.socket.close() }

    /// Sends one request and takes the whole answer; a kept connection that has died is opened anew.
    public func send(
        _ method: String, _ target: String, headers: Headers = [:], body: RawBody = .none
    ) throws -> RawAnswer {
        if let kept = connection, kept.socket.isReadable() { forget(kept) }
        let connection = try self.connection ?? Connection(Socket.connected(to: endpoint))
        self.connection = connection
        do {
            return try exchange(method, target, headers, body, on: connection)
        } catch {
            forget(connection)
            throw error
        }
    }

    private func exchange(
        _ method: String, _ target: String, _ headers: Headers, _ body: RawBody, on connection: Connection
    ) throws -> RawAnswer {
        try connection.write(head(method, target, headers, body).bytes)
        // A server may refuse before it has read all; its answer counts more than our broken send.
        let sending = Result { try write(body, on: connection) }
        guard let answer = try finalHead(connection) else {
            try sending.get()
            throw LabError("no answer to \(method) \(target)")
        }
        let bytes = try BodyReader(connection, answer.answerFraming(to: method)).rest()
        if answer.wantsClose || (try? sending.get()) == nil { forget(connection) }
        return RawAnswer(status: answer.status, headers: answer.headers, body: bytes)
    }

    private func finalHead(_ connection: Connection) throws -> Head? {
        while let head = try connection.readHead() {
            if head.status >= 200 { return head }
        }
        return nil
    }

    private func head(_ method: String, _ target: String, _ headers: Headers, _ body: RawBody) -> Head {
        var all = headers
        if !all.contains("Host") { all["Host"] = endpoint.description }
        if let login, !all.contains("Authorization") { all["Authorization"] = login.basic }
        switch body {
        case .bytes(let bytes):
            let silent = bytes.isEmpty && (method == "GET" || method == "HEAD")
            if !silent && !all.contains("Content-Length") { all["Content-Length"] = "\(bytes.count)" }
        case .blob(let blob): all["Content-Length"] = "\(blob.size)"
        case .chunked: all["Transfer-Encoding"] = "chunked"
        }
        return Head(startLine: "\(method) \(target) HTTP/1.1", headers: all)
    }

    private func write(_ body: RawBody, on connection: Connection) throws {
        switch body {
        case .bytes(let bytes): try connection.write(bytes)
        case .blob(let blob): try blob.forEachPiece { try connection.write($0) }
        case .chunked(let bytes, let size):
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = bytes[start..<min(bytes.count, start + size)]
                try connection.write(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10])
            }
            try connection.write(Array("0\r\n\r\n".utf8))
        }
    }

    private func forget(_ dead: Connection) {
        dead.socket.close()
        connection = nil
    }
}

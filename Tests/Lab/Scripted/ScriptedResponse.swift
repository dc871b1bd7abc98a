/// An answer that a scripted server gives, right or wrong.
public struct ScriptedResponse: Sendable {
    /// The status code; 0 means no answer at all: the server waits until the client goes.
    public var status: Int
    /// The header fields.
    public var headers: Headers
    /// The body.
    public var body: [UInt8]
    /// The Content-Length that is claimed; the right one when nil.
    public var claimedLength: Int?
    /// Whether the body goes out in chunks instead of with a length.
    public var isChunked = false
    /// What happens to the body on its way.
    public var fault: BodyFault?
    /// With a number, the body is followed by one byte more every so many seconds, for ever.
    public var trickle: Double?

    /// Makes an answer.
    public init(_ status: Int = 200, headers: Headers = [:], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Makes an answer with a text.
    public init(_ status: Int = 200, headers: Headers = [:], body: String = "") {
        self.init(status, headers: headers, body: Array(body.utf8))
    }

    /// Makes an answer with a JSON text.
    public static func json(_ status: Int, _ body: String, headers: Headers = [:]) -> ScriptedResponse {
        var all = headers
        all["Content-Type"] = "application/json"
        return ScriptedResponse(status, headers: all, body: body)
    }

    /// An error as registries tell it.
    public static func error(_ status: Int, _ code: String, _ message: String = "") -> ScriptedResponse {
        .json(status, #"{"errors":[{"code":"\#(code)","message":"\#(message)","detail":null}]}"#)
    }

    /// Sends it; false when the connection can't be used again.
    func send(
        to connection: Connection, method: String, pause: (Double) -> Void, sent: (Int) -> Void = { _ in }
    ) throws -> Bool {
        guard status != 0 else {
            pause(3_600)
            return false
        }
        try connection.write(head(method).bytes)
        guard method != "HEAD" else { return true }
        var cursor = FaultCursor(fault)
        if case .reset(after: 0) = fault { return end(connection, resetting: true) }
        for part in cursor.parts(of: body) where !body.isEmpty {
            switch part {
            case .bytes(let bytes):
                sent(bytes.count)
                try connection.write(isChunked ? Self.chunk(bytes) : bytes)
            case .pause(let seconds): pause(seconds)
            case .reset: return end(connection, resetting: true)
            case .end: return end(connection, resetting: false)
            }
        }
        while let trickle {
            pause(trickle)
            try connection.write(isChunked ? Self.chunk([46]) : [46])
        }
        if isChunked { try connection.write(Array("0\r\n\r\n".utf8)) }
        guard claimedLength == nil || claimedLength == body.count else {
            return end(connection, resetting: false)
        }
        return !(headers["Connection"]?.lowercased().contains("close") ?? false)
    }

    private func end(_ connection: Connection, resetting: Bool) -> Bool {
        if resetting { connection.socket.resetOnClose() } else { connection.drain() }
        return false
    }

    private func head(_ method: String) -> Head {
        var all = headers
        if isChunked {
            all["Transfer-Encoding"] = "chunked"
        } else if !all.contains("Content-Length"), status != 204, status != 304 {
            all["Content-Length"] = "\(claimedLength ?? (trickle == nil ? body.count : 1 << 40))"
        }
        return Head(startLine: "HTTP/1.1 \(status) Scripted", headers: all)
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
    }
}

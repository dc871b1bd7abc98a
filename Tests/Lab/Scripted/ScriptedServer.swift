import Foundation

/// A request that a scripted server got.
public struct ScriptedRequest: Sendable {
    /// Its number, from 1, in the order in which requests were read.
    public internal(set) var number = 0
    /// The method.
    public let method: String
    /// The target as it stands on the wire.
    public let target: String
    /// The header fields.
    public let headers: Headers
    /// The body, or what came of it.
    public internal(set) var body: [UInt8]
    /// Whether the whole body came; when not, the answer is thrown away.
    public let isWhole: Bool

    /// What the target means to a registry.
    public var route: Route { Route(target) }

    /// The target up to its query.
    public var path: String { String(target.prefix { $0 != "?" }) }

    /// The value of a name in the query, percent signs resolved.
    public func query(_ name: String) -> String? {
        guard let mark = target.firstIndex(of: "?") else { return nil }
        for pair in target[target.index(after: mark)...].split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.first == name[...] else { continue }
            let value = parts.count > 1 ? String(parts[1]) : ""
            return value.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? value
        }
        return nil
    }
}

/// A bare HTTP server that answers whatever its script says.
public final class ScriptedServer: Sendable {
    /// The script; it runs on the connection's own thread.
    public typealias Script = @Sendable (ScriptedRequest) -> ScriptedResponse

    /// Where it listens.
    public let endpoint: Endpoint
    private let listener: Listener
    private let script: Script
    private let keepsBodies: Bool
    private let seen = Guarded<[ScriptedRequest]>([])
    private let broken = Guarded(0)

    /// Starts a server on any free port of loopback, or where wanted.
    public init(listen: Endpoint = Endpoint(port: 0), keepsBodies: Bool = true, script: @escaping Script)
        throws
    {
        self.script = script
        self.keepsBodies = keepsBodies
        listener = try Listener(listen)
        endpoint = listener.endpoint
        listener.start { [weak self] connection in
            while let head = try connection.readHead() {
                guard let self, try self.serve(head, connection) else { return }
            }
        }
    }

    deinit { listener.stop() }

    /// Its address as manifests name it.
    public var host: String { endpoint.description }

    /// Its address as a URL.
    public var url: String { endpoint.url }

    /// Every request so far.
    public var requests: [ScriptedRequest] { seen.with { $0 } }

    /// How many requests broke off in their body and have been dealt with since.
    public var brokenRequests: Int { broken.with { $0 } }

    /// Stops it and ends every connection.
    public func stop() { listener.stop() }

    private func serve(_ head: Head, _ connection: Connection) throws -> Bool {
        if head.headers["Expect"]?.lowercased() == "100-continue" {
            try connection.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
        let reader = BodyReader(connection, head.requestFraming)
        var body: [UInt8] = []
        let reading = Result { while let piece = try reader.next() { body += piece } }
        var request = ScriptedRequest(
            method: head.method, target: head.target, headers: head.headers, body: body,
            isWhole: (try? reading.get()) != nil)
        seen.with { all in
            request.number = all.count + 1
            all.append(request)
            if !keepsBodies { all[all.count - 1].body = [] }
        }
        let response = script(request)
        guard request.isWhole else {
            broken.with { $0 += 1 }
            return false
        }
        let keeps = try response.send(to: connection, method: head.method) { [listener] seconds in
            listener.pause(seconds, watching: connection.socket)
        }
        return keeps && !head.wantsClose
    }
}

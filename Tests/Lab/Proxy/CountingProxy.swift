import Foundation

/// A reverse proxy in front of a registry that counts what passes and makes what a hook asks for go wrong.
///
/// It changes nothing by itself; the Host field goes through as it came, so a registry that builds its
/// addresses from it points back at the proxy.
public final class CountingProxy: Sendable {
    /// Decides about each request; it runs on the request's own thread and may take its time.
    public typealias Hook = @Sendable (ProxyRequest) -> Verdict

    private struct State {
        var records: [ProxyRecord] = []
        var connections = 0
        var underWay = 0
        var mostAtOnce = 0
    }

    /// Where it listens.
    public let endpoint: Endpoint
    let target: Endpoint
    let delay: Double
    let listener: Listener
    private let hook: Guarded<Hook>
    private let state = Guarded(State())

    /// Starts a proxy on any free port of loopback, or where wanted; each request waits for `delay` seconds.
    public init(
        to target: Endpoint, listen: Endpoint = Endpoint(port: 0), delay: Double = 0,
        hook: @escaping Hook = { _ in .pass }
    ) throws {
        self.target = target
        self.delay = delay
        self.hook = Guarded(hook)
        listener = try Listener(listen)
        endpoint = listener.endpoint
        // Weak, so that a proxy nobody holds any more stops by its deinit.
        listener.start { [weak self] connection in try self?.serve(connection) }
    }

    deinit { listener.stop() }

    /// Its address as manifests name it.
    public var host: String { endpoint.description }

    /// Its address as a URL.
    public var url: String { endpoint.url }

    /// Puts another hook in place, for the requests that come from now on.
    public func setHook(_ hook: @escaping Hook) { self.hook.with { $0 = hook } }

    /// Every request so far, in the order of arrival.
    public var records: [ProxyRecord] { state.with { $0.records } }

    /// What was counted so far.
    public var counts: Counts {
        state.with { state in
            var counts = Counts()
            counts.connections = state.connections
            counts.mostAtOnce = state.mostAtOnce
            state.records.forEach { counts.add($0) }
            return counts
        }
    }

    /// Forgets what was counted; connections stay open.
    public func reset() {
        state.with { state in
            let underWay = state.underWay
            state = State(underWay: underWay)
        }
    }

    /// Stops it and ends every connection.
    public func stop() { listener.stop() }

    private func serve(_ connection: Connection) throws {
        state.with { $0.connections += 1 }
        let upstream = Upstream(target)
        defer { upstream.forget() }
        while let head = try connection.readHead() {
            let exchange = begin(head, connection, upstream)
            defer { state.with { $0.underWay -= 1 } }
            guard try exchange.run() else { return }
        }
    }

    private func begin(_ head: Head, _ connection: Connection, _ upstream: Upstream) -> Exchange {
        let request = state.with { state in
            state.underWay += 1
            state.mostAtOnce = max(state.mostAtOnce, state.underWay)
            let request = ProxyRequest(
                number: state.records.count + 1, method: head.method, target: head.target,
                route: Route(head.target), headers: head.headers)
            state.records.append(ProxyRecord(request))
            return request
        }
        return Exchange(
            proxy: self, request: request, head: head, client: connection, upstream: upstream,
            verdict: hook.with { $0 }(request))
    }

    /// Changes what is remembered of a request.
    func note(_ number: Int, _ change: (inout ProxyRecord) -> Void) {
        state.with { state in
            guard number <= state.records.count else { return }
            change(&state.records[number - 1])
        }
    }
}

/// The connection to the registry that belongs to one client connection.
final class Upstream {
    private let target: Endpoint
    private var kept: Connection?

    init(_ target: Endpoint) { self.target = target }

    /// The kept connection if it lives, or a new one.
    func connection() throws -> Connection {
        if let kept, !kept.socket.isReadable() { return kept }
        forget()
        let fresh = try Connection(Socket.connected(to: target))
        kept = fresh
        return fresh
    }

    func forget() {
        kept?.socket.close()
        kept = nil
    }
}

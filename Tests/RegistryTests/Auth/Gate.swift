import HTTP

@testable import Registry

/// Holds answers back until a test lets them go.
actor Gate {
    private var isOpen = false
    private var waiting: [AsyncStream<Void>.Continuation] = []

    func open() {
        isOpen = true
        for waiter in waiting { waiter.finish() }
        waiting = []
    }

    /// Returns once the gate is open, or the task is cancelled.
    func pass() async {
        guard !isOpen else { return }
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        waiting.append(continuation)
        for await _ in stream {}
    }
}

extension ScriptedTransport {
    /// A server that answers with `token-N` once the gate is open.
    static func gated(by gate: Gate) -> ScriptedTransport {
        ScriptedTransport { request, number throws(TransportError) in
            await gate.pass()
            if Task.isCancelled { throw TransportError(.cancelled, request.address.origin) }
            return .json(#"{"token": "token-\#(number)"}"#)
        }
    }
}

extension AuthorizerLab {
    /// Returns once so many tasks wait for the work of another.
    func waiters(_ count: Int) async {
        while await authorizer.flights.waiting != count { await Task.yield() }
    }

    /// Returns once so many requests were sent.
    func requests(_ count: Int) async {
        while await transport.requests.count < count { await Task.yield() }
    }
}

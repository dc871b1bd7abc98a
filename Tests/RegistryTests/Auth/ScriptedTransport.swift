import HTTP

/// A transport that answers from a script and remembers what it was asked.
actor ScriptedTransport: Transport {
    private(set) var requests: [Request] = []
    private let script: @Sendable (Request, Int) async throws(TransportError) -> Response

    /// The script gets the request and its number, from 1.
    init(_ script: @escaping @Sendable (Request, Int) async throws(TransportError) -> Response) {
        self.script = script
    }

    func send(_ request: Request) async throws(TransportError) -> Response {
        requests.append(request)
        return try await script(request, requests.count)
    }

    func pipe(_ transfer: BlobTransfer) async throws(TransportError) -> PipeOutcome {
        throw TransportError(.broken, transfer.download.address.origin)
    }

    func fetch(_ request: Request, into sink: BlobSink) async throws(TransportError) -> Response {
        throw TransportError(.broken, request.address.origin)
    }

    func send(_ request: Request, from body: FileBody) async throws(TransportError) -> Response {
        throw TransportError(.broken, at: .upload, request.address.origin)
    }

    /// A server that gives `token-1`, `token-2` and so on, each for this many seconds.
    static func tokens(life: Int = 300) -> ScriptedTransport {
        ScriptedTransport { _, number in .json(#"{"token": "token-\#(number)", "expires_in": \#(life)}"#) }
    }
}

extension Response {
    static func json(_ text: String, status: Int = 200) -> Response {
        Response(status: status, body: Array(text.utf8))
    }
}

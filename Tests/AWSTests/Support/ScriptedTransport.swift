import AWS
import HTTP
import HTTPTypes
import Lab

/// A transport that asks a closure instead of the network, and remembers what it was asked.
final class ScriptedTransport: Transport {
    typealias Script = @Sendable (Request, Int) async throws(TransportError) -> Response

    private let script: Script
    private let seen = Guarded<[Request]>([])

    /// The closure is told the request and its number, from 1.
    init(_ script: @escaping Script) { self.script = script }

    var requests: [Request] { seen.with { $0 } }

    func send(_ request: Request) async throws(TransportError) -> Response {
        let number = seen.with { seen in
            seen.append(request)
            return seen.count
        }
        return try await script(request, number)
    }

    func pipe(_ transfer: BlobTransfer) async throws(TransportError) -> PipeOutcome {
        throw TransportError(.malformed, transfer.download.address.origin)
    }

    func fetch(_ request: Request, into sink: BlobSink) async throws(TransportError) -> Response {
        throw TransportError(.malformed, request.address.origin)
    }

    func send(_ request: Request, from body: FileBody) async throws(TransportError) -> Response {
        throw TransportError(.malformed, request.address.origin)
    }
}

extension Response {
    /// An answer with a text.
    init(_ status: Int, _ text: String = "", headers: HTTPFields = [:]) {
        self.init(status: status, headers: headers, body: Array(text.utf8))
    }

    /// An error of a service that speaks JSON.
    static func refusal(_ status: Int, _ code: String, _ message: String = "", headers: HTTPFields = [:])
        -> Response
    {
        Response(status, #"{"__type":"com.amazonaws#\#(code)","message":"\#(message)"}"#, headers: headers)
    }
}

extension Request {
    /// The value of a field.
    func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
    /// The body as a text.
    var text: String { String(decoding: body ?? [], as: UTF8.self) }
}

/// A transport that counts what goes through it, by host and port.
public struct MeteredTransport: Transport {
    private let inner: any Transport
    private let meter: Meter

    /// Counts what goes through another transport.
    public init(_ inner: any Transport, _ meter: Meter) {
        self.inner = inner
        self.meter = meter
    }

    /// Counts and sends a request.
    public func send(_ request: Request) async throws(TransportError) -> Response {
        await meter.count(request.address.origin)
        return try await inner.send(request)
    }

    /// Counts and fetches into a file.
    public func fetch(_ request: Request, into sink: BlobSink) async throws(TransportError) -> Response {
        await meter.count(request.address.origin)
        return try await inner.fetch(request, into: sink)
    }

    /// Counts and sends from a file.
    public func send(_ request: Request, from body: FileBody) async throws(TransportError) -> Response {
        await meter.count(request.address.origin)
        var body = body
        body.traffic = meter.traffic
        return try await inner.send(request, from: body)
    }

    /// Counts and runs a stream: two requests, but for one where the source refuses.
    public func pipe(_ transfer: BlobTransfer) async throws(TransportError) -> PipeOutcome {
        await meter.count(transfer.download.address.origin)
        var transfer = transfer
        transfer.guide = transfer.guide.map { MeteredGuide(inner: $0, meter: meter) }
        transfer.traffic = meter.traffic
        do throws(TransportError) {
            let outcome = try await inner.pipe(transfer)
            if case .answered = outcome { await meter.count(transfer.upload.address.origin) }
            return outcome
        } catch {
            if error.end == .upload { await meter.count(transfer.upload.address.origin) }
            throw error
        }
    }
}

/// A guide whose requests are counted as well; the last upload is counted with its outcome.
private struct MeteredGuide: TransferGuide {
    let inner: any TransferGuide
    let meter: Meter

    func reopen(after setback: SourceSetback, at offset: Int64) async -> Request? {
        guard let request = await inner.reopen(after: setback, at: offset) else { return nil }
        await meter.count(request.address.origin)
        return request
    }

    func nextPart(after response: Response, sent: Int64) async -> Request? {
        guard let request = await inner.nextPart(after: response, sent: sent) else { return nil }
        await meter.count(request.address.origin)
        return request
    }
}

/// How many requests were sent, by host and port, and how many bytes of blobs.
public actor Meter {
    /// The counts so far.
    public private(set) var requests: [String: Int] = [:]
    /// The bytes of blobs that move.
    public nonisolated let traffic = Traffic()

    /// Nothing has been counted.
    public init() {}

    func count(_ origin: Origin) { requests[origin.authority, default: 0] += 1 }
}

import HTTP
import Lab
import Logging
import Registry

/// A way to a registry on which something may happen to each request before it is sent, on a clock of the test's.
struct FaultyTransport: Transport {
    let inner: (any Transport)?
    /// What happens to a request, `nil`: it is sent.
    let fault: @Sendable (Request) async throws -> TransportError.Kind?

    func send(_ request: Request) async throws(TransportError) -> Response {
        try await meet(request, .download)
        guard let inner else { throw TransportError(.connect, request.address.origin) }
        return try await inner.send(request)
    }

    func pipe(_ transfer: BlobTransfer) async throws(TransportError) -> PipeOutcome {
        try await meet(transfer.download, .download)
        try await meet(transfer.upload, .upload)
        guard let inner else { throw TransportError(.connect, transfer.download.address.origin) }
        return try await inner.pipe(transfer)
    }

    func fetch(_ request: Request, into sink: BlobSink) async throws(TransportError) -> Response {
        try await meet(request, .download)
        guard let inner else { throw TransportError(.connect, request.address.origin) }
        return try await inner.fetch(request, into: sink)
    }

    func send(_ request: Request, from body: FileBody) async throws(TransportError) -> Response {
        try await meet(request, .upload)
        guard let inner else { throw TransportError(.connect, request.address.origin) }
        return try await inner.send(request, from: body)
    }

    private func meet(_ request: Request, _ end: TransportError.End) async throws(TransportError) {
        let kind: TransportError.Kind?
        do { kind = try await fault(request) } catch { kind = .cancelled }
        if let kind { throw TransportError(kind, at: end, request.address.origin, detail: "made up") }
    }
}

extension VirtualTime {
    var keeper: Timekeeper {
        Timekeeper(now: { self.now }, sleep: { try await self.sleep($0) }, chance: { 0.5 })
    }
}

extension DistributionClient {
    /// A client of a registry that is reached on a way of the test's.
    static func made(
        _ url: String, _ transport: any Transport, _ clock: VirtualTime,
        _ change: (inout Settings) -> Void = { _ in }
    ) throws -> DistributionClient {
        let origin = try Address(url).origin
        var settings = Settings()
        settings.time = clock.keeper
        change(&settings)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return DistributionClient(
            place: origin.authority, origin: origin, transport: transport,
            authorizer: Authorizer(
                registry: origin, host: origin.authority, login: AnonymousLogin(), transport: transport,
                time: clock.keeper, logger: logger),
            settings: settings, logger: logger)
    }
}

import CCurl
import Glibc

/// The transport: one thread that drives every transfer through libcurl's multi interface.
///
/// It speaks HTTP/1.1, follows no redirect, repeats nothing, keeps up to 128 connections for reuse, and reads
/// proxies from the environment (`http_proxy`, `https_proxy`, `no_proxy`; never for loopback addresses).
/// Cancelling the task that waits ends the transfer.
public final class CurlLoop: Transport {
    private let mailbox: Mailbox

    /// Starts the thread; it ends when the loop is stopped or let go. Throws only where memory or
    /// file descriptors are out.
    public init() throws(LoopError) {
        signal(SIGPIPE, SIG_IGN)
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let multi = curl_multi_init() else {
            throw LoopError()
        }
        let core = LoopCore(multi: multi)
        guard core.isReady else { throw LoopError() }
        mailbox = core.mailbox
        LoopThread.start(core)
    }

    deinit { mailbox.close() }

    /// Ends every exchange with `.stopped`, and the thread after them.
    public func stop() { mailbox.close() }

    /// Sends a request and returns its whole answer.
    public func send(_ request: Request) async throws(TransportError) -> Response {
        let ticket = mailbox.newTicket()
        return try await exchange(ticket, with: request.address.origin) { .send(ticket, request, $0) }
    }

    /// Streams one request's answer into another's body.
    public func pipe(_ transfer: BlobTransfer) async throws(TransportError) -> PipeOutcome {
        let (ticket, origin) = (mailbox.newTicket(), transfer.download.address.origin)
        var news = try await exchange(ticket, with: origin) { .pipe(ticket, transfer, $0) }
        while true {
            let step: PipeStep
            switch news {
            case .ended(let outcome): return outcome
            case .sourceStopped(let setback, let offset):
                step = .source(await transfer.guide?.reopen(after: setback, at: offset))
            case .partStored(let response, let sent):
                step = .part(await transfer.guide?.nextPart(after: response, sent: sent))
            }
            // Told before the step, so that a cancelled stream ends as such and not by what its guide made of it.
            if Task.isCancelled { _ = mailbox.post(.cancel(ticket)) }
            news = try await exchange(ticket, with: origin) { .goOn(ticket, step, $0) }
        }
    }

    /// Streams a request's answer into a file.
    public func fetch(_ request: Request, into sink: BlobSink) async throws(TransportError) -> Response {
        let ticket = mailbox.newTicket()
        return try await exchange(ticket, with: request.address.origin) { .fetch(ticket, request, sink, $0) }
    }

    /// Sends a request whose body is a part of a file.
    public func send(_ request: Request, from body: FileBody) async throws(TransportError) -> Response {
        let ticket = mailbox.newTicket()
        return try await exchange(ticket, with: request.address.origin) { .upload(ticket, request, body, $0) }
    }

    private func exchange<Value: Sendable>(
        _ ticket: Ticket, with origin: Origin,
        _ command: (CheckedContinuation<Result<Value, TransportError>, Never>) -> Command
    ) async throws(TransportError) -> Value {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard mailbox.post(command(continuation)) else {
                    return continuation.resume(returning: .failure(TransportError(.stopped, origin)))
                }
                // A cancellation that came before the command found nothing to end: it is repeated here.
                if Task.isCancelled { _ = mailbox.post(.cancel(ticket)) }
            }
        } onCancel: {
            _ = mailbox.post(.cancel(ticket))
        }
        return try result.get()
    }
}

/// libcurl could not be started.
public struct LoopError: Error, CustomStringConvertible {
    /// One line for people.
    public var description: String { "libcurl could not be started: memory or file descriptors are out" }
}

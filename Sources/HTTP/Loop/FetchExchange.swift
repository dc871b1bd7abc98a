import CCurl
import HTTPTypes

/// A request whose answer's body goes into a file; any other answer than 200 and 206 is collected.
final class FetchExchange: Exchange {
    let ticket: Ticket
    private let request: Request
    private let sink: BlobSink
    private var waiter: CheckedContinuation<Result<Response, TransportError>, Never>?
    private var flow: Flow?
    /// The file did not take it: that is no fault of the source.
    private var isOurFault = false

    init(
        ticket: Ticket, request: Request, sink: BlobSink,
        waiter: CheckedContinuation<Result<Response, TransportError>, Never>
    ) {
        self.ticket = ticket
        self.request = request
        self.sink = sink
        self.waiter = waiter
    }

    func begin(_ core: LoopCore) {
        guard let handle = core.takeHandle() else { return fail(.stopped, core) }
        let flow = Flow(request, handle: handle)
        davit_set_long(handle, CURLOPT_BUFFERSIZE, 128 << 10)
        flow.exchange = self
        flow.headArrived = { [unowned self, unowned flow] in answered(flow) }
        flow.takesBody = { [unowned self] in accept($0) }
        self.flow = flow
        core.run(flow)
    }

    /// Whether what comes is what was asked for (RFC 9110, sections 14.4 and 15.3.7).
    private func answered(_ flow: Flow) {
        guard flow.isStreamed else { return }
        do throws(BlobFault) {
            if flow.status == 200, sink.received > 0 { try sink.restart() }
        } catch { return flow.refusal = refusal(error) }
        if flow.status == 206, let range = flow.headers[.contentRange],
            !range.hasPrefix("bytes \(sink.received)-")
        {
            flow.refusal = (.malformed, "asked for bytes from \(sink.received), it sends \(range.prefix(60))")
        } else if let announced = flow.announcedLength {
            let wanted = sink.size - sink.received
            // A part may be shorter than was asked for (RFC 9110, section 14.2): it ends truncated, and the rest
            // is asked for then.
            let mayBeShort = flow.status == 206 && sink.received > 0
            guard announced != wanted, !(mayBeShort && announced < wanted) else { return }
            flow.refusal = (.wrongBytes, "\(announced) bytes are announced, there must be \(wanted)")
        }
    }

    private func accept(_ bytes: UnsafeRawBufferPointer) -> BodyVerdict {
        do throws(BlobFault) { try sink.take(bytes) } catch {
            let (kind, detail) = refusal(error)
            return .refuse(kind, detail)
        }
        return .moved(bytes.count)
    }

    private func refusal(_ fault: BlobFault) -> (TransportError.Kind, String) {
        if case .storage = fault { isOurFault = true }
        return fault.told
    }

    func ended(_ flow: Flow, _ code: CURLcode, _ core: LoopCore) {
        guard code == CURLE_OK || isWhole(flow) else {
            return tell(.failure(flow.error(code, at: isOurFault ? .upload : .download)), core)
        }
        guard flow.isStreamed else { return tell(.success(flow.response), core) }
        judge(flow, core)
    }

    /// Once every byte is there, it does not matter how the source ends: only whether they are right.
    private func isWhole(_ flow: Flow) -> Bool {
        flow.isStreamed && flow.refusal == nil && sink.received == sink.size
    }

    private func judge(_ flow: Flow, _ core: LoopCore) {
        do throws(BlobFault) { try sink.finish() } catch {
            let (kind, detail) = refusal(error)
            return fault(kind, detail, core)
        }
        tell(.success(flow.response), core)
    }

    func watch(_ now: ContinuousClock.Instant, _ core: LoopCore) {
        guard let flow, let silence = flow.silence(now) else { return }
        if isWhole(flow) { return judge(flow, core) }
        fault(.stalled, "no sign for \(silence) after \(sink.received) of \(sink.size) bytes", core)
    }

    func fail(_ kind: TransportError.Kind, _ core: LoopCore) { fault(kind, "", core) }

    private func fault(_ kind: TransportError.Kind, _ detail: String, _ core: LoopCore) {
        tell(.failure(TransportError(kind, request.address.origin, detail: detail)), core)
    }

    private func tell(_ result: Result<Response, TransportError>, _ core: LoopCore) {
        if let flow { core.retire(flow) }
        flow = nil
        waiter?.resume(returning: result)
        waiter = nil
        core.finish(self)
    }
}

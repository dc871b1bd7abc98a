import CCurl

/// A request with a bounded answer.
final class PlainExchange: Exchange {
    let ticket: Ticket
    private let request: Request
    private var waiter: CheckedContinuation<Result<Response, TransportError>, Never>?
    private var flow: Flow?
    private let start = ContinuousClock.now

    init(
        ticket: Ticket, request: Request, waiter: CheckedContinuation<Result<Response, TransportError>, Never>
    ) {
        self.ticket = ticket
        self.request = request
        self.waiter = waiter
    }

    func begin(_ core: LoopCore) {
        guard let handle = core.takeHandle() else { return fail(.stopped, core) }
        let flow = Flow(request, handle: handle)
        flow.exchange = self
        self.flow = flow
        core.run(flow)
    }

    func ended(_ flow: Flow, _ code: CURLcode, _ core: LoopCore) {
        let result: Result<Response, TransportError> =
            code == CURLE_OK ? .success(flow.response) : .failure(flow.error(code, at: .download))
        tell(result, core)
    }

    func watch(_ now: ContinuousClock.Instant, _ core: LoopCore) {
        let detail: String
        if let silence = flow?.silence(now) {
            detail = "no sign for \(silence)"
        } else if now - start > request.patience.whole {
            // A peer that sends a byte now and then is never silent, and never done.
            detail = "no end after \(request.patience.whole)"
        } else {
            return
        }
        tell(.failure(TransportError(.stalled, request.address.origin, detail: detail)), core)
    }

    func fail(_ kind: TransportError.Kind, _ core: LoopCore) {
        tell(.failure(TransportError(kind, request.address.origin)), core)
    }

    private func tell(_ result: Result<Response, TransportError>, _ core: LoopCore) {
        if let flow { core.retire(flow) }
        flow = nil
        waiter?.resume(returning: result)
        waiter = nil
        core.finish(self)
    }
}

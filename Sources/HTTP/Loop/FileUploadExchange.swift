import CCurl
import Glibc

/// A request whose body is a part of a file, hashed on the way: the last bytes go out only once the hash is right.
final class FileUploadExchange: Exchange {
    let ticket: Ticket
    private let request: Request
    private let body: FileBody
    private let hash: RunningHash?
    private var sent: Int64 = 0
    private var waiter: CheckedContinuation<Result<Response, TransportError>, Never>?
    private var flow: Flow?

    init(
        ticket: Ticket, request: Request, body: FileBody,
        waiter: CheckedContinuation<Result<Response, TransportError>, Never>
    ) {
        self.ticket = ticket
        self.request = request
        self.body = body
        self.waiter = waiter
        hash = body.checksum.map { RunningHash($0.function) }
    }

    func begin(_ core: LoopCore) {
        guard let handle = core.takeHandle() else { return fail(.stopped, core) }
        let flow = Flow(request, handle: handle, uploadSize: body.count)
        flow.exchange = self
        flow.givesBody = { [unowned self] in provide($0) }
        self.flow = flow
        core.run(flow)
    }

    private func provide(_ space: UnsafeMutableRawBufferPointer) -> BodyVerdict {
        let wanted = min(space.count, Int(clamping: body.count - sent))
        guard wanted > 0 else { return .moved(0) }
        var count = -1
        repeat {
            count = pread(body.descriptor, space.baseAddress, wanted, off_t(body.offset + sent))
        } while count < 0 && errno == EINTR
        guard count > 0 else {
            let reason = count == 0 ? "it has grown shorter" : String(cString: strerror(errno))
            return .refuse(.storage, "the file can't be read after \(sent) bytes: \(reason)")
        }
        hash?.add(UnsafeRawBufferPointer(rebasing: space[..<count]))
        sent += Int64(count)
        body.traffic?.add(count)
        if sent == body.count, let sum = hash?.finish(), let checksum = body.checksum, sum != checksum.hex {
            return .refuse(
                .wrongBytes, "the file hashes to \(sum.prefix(12))…, not \(checksum.hex.prefix(12))…")
        }
        return .moved(count)
    }

    func ended(_ flow: Flow, _ code: CURLcode, _ core: LoopCore) {
        // A destination may refuse and close while we still send: its answer says more than the broken pipe.
        guard code == CURLE_OK || (flow.hasHead && flow.status >= 400) else {
            // What our own callback refused is the file's fault, and the file is the source.
            return tell(.failure(flow.error(code, at: flow.refusal == nil ? .upload : .download)), core)
        }
        guard sent == body.count || !flow.response.isSuccess else {
            return fault(
                .malformed, "it answered \(flow.status) after \(sent) of \(body.count) bytes", core)
        }
        tell(.success(flow.response), core)
    }

    func watch(_ now: ContinuousClock.Instant, _ core: LoopCore) {
        guard let silence = flow?.silence(now) else { return }
        fault(.stalled, "no sign for \(silence) after \(sent) of \(body.count) bytes", core)
    }

    func fail(_ kind: TransportError.Kind, _ core: LoopCore) { fault(kind, "", core) }

    private func fault(_ kind: TransportError.Kind, _ detail: String, _ core: LoopCore) {
        tell(.failure(TransportError(kind, at: .upload, request.address.origin, detail: detail)), core)
    }

    private func tell(_ result: Result<Response, TransportError>, _ core: LoopCore) {
        if let flow { core.retire(flow) }
        flow = nil
        waiter?.resume(returning: result)
        waiter = nil
        core.finish(self)
    }
}

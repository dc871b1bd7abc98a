import CCurl
import HTTPTypes

/// A stream: one transfer's answer flows through a ring into another's body, hashed on the way.
///
/// The upload starts when the download's head is there; each side pauses when the ring is full or empty and
/// is resumed by the other. The last bytes enter the ring only once the hash is right, so a destination never
/// gets the whole of a wrong blob.
final class PipeExchange: Exchange {
    let ticket: Ticket
    private let transfer: BlobTransfer
    private var waiter: CheckedContinuation<Result<PipeOutcome, TransportError>, Never>?
    private var download: Flow?
    private var upload: Flow?
    /// How much libcurl reads at a time.
    private let piece: Int
    private let ring: Ring
    private let hash: RunningHash?
    private var received: Int64 = 0
    private var sent: Int64 = 0
    /// The destination's answer, kept while the source's transfer still has to end by itself.
    private var answer: Response?
    private var answered = ContinuousClock.now
    /// How long the source may take to end after that.
    private static let grace = Duration.seconds(1)

    init(
        ticket: Ticket, transfer: BlobTransfer,
        waiter: CheckedContinuation<Result<PipeOutcome, TransportError>, Never>
    ) {
        self.ticket = ticket
        self.transfer = transfer
        self.waiter = waiter
        piece = transfer.size > 64 << 10 ? 128 << 10 : 16 << 10
        ring = Ring(capacity: 4 * piece)
        hash = transfer.checksum.map { RunningHash($0.function) }
    }

    func begin(_ core: LoopCore) {
        guard let handle = core.takeHandle() else { return fail(.stopped, core) }
        let flow = Flow(transfer.download, handle: handle)
        davit_set_long(handle, CURLOPT_BUFFERSIZE, piece)
        flow.exchange = self
        flow.headArrived = { [unowned self, unowned flow, unowned core] in self.sourceAnswered(flow, core) }
        flow.takesBody = { [unowned self, unowned core] in self.accept($0, core) }
        download = flow
        core.run(flow)
    }

    // MARK: - Inside callbacks

    private func sourceAnswered(_ flow: Flow, _ core: LoopCore) {
        guard flow.isStreamed else { return }
        guard flow.status == 206 || transfer.download.headers[.range] == nil else {
            flow.refusal = (
                .malformed, "a part was asked for, and the whole came: ranges are not known there"
            )
            return
        }
        if let announced = flow.announcedLength, announced != transfer.size {
            flow.refusal = (.wrongBytes, "\(announced) bytes are announced, there must be \(transfer.size)")
            return
        }
        if transfer.size == 0, let wrong = hashFault() { return flow.refusal = wrong }
        guard let handle = core.takeHandle() else { return flow.refusal = (.stopped, "") }
        let upload = Flow(transfer.upload, handle: handle, uploadSize: transfer.size)
        upload.exchange = self
        upload.givesBody = { [unowned self, unowned core] in self.provide($0, core) }
        self.upload = upload
        core.runSoon(upload, of: self)
    }

    private func accept(_ bytes: UnsafeRawBufferPointer, _ core: LoopCore) -> BodyVerdict {
        guard !bytes.isEmpty else { return .moved(0) }
        guard received + Int64(bytes.count) <= transfer.size else {
            return .refuse(.wrongBytes, "more than \(transfer.size) bytes came")
        }
        guard ring.room >= bytes.count else { return .wait }
        hash?.add(bytes)
        received += Int64(bytes.count)
        if received == transfer.size, let (kind, detail) = hashFault() { return .refuse(kind, detail) }
        ring.put(bytes)
        if let upload { core.resumeSoon(upload) }
        // Stopped while a whole read still fits: a callback that refuses makes libcurl keep a copy.
        if let download, ring.room < piece, received < transfer.size { core.pauseSoon(download) }
        return .moved(bytes.count)
    }

    private func provide(_ space: UnsafeMutableRawBufferPointer, _ core: LoopCore) -> BodyVerdict {
        guard ring.count > 0 else { return sent == transfer.size ? .moved(0) : .wait }
        let count = ring.take(into: space)
        sent += Int64(count)
        if let download, ring.room >= 3 * piece { core.resumeSoon(download) }
        return .moved(count)
    }

    private func hashFault() -> (TransportError.Kind, String)? {
        guard let checksum = transfer.checksum, let sum = hash?.finish(), sum != checksum.hex else {
            return nil
        }
        return (.wrongBytes, "they hash to \(sum.prefix(12))…, not \(checksum.hex.prefix(12))…")
    }

    // MARK: - Between turns

    func ended(_ flow: Flow, _ code: CURLcode, _ core: LoopCore) {
        flow === upload ? uploadEnded(flow, code, core) : downloadEnded(flow, code, core)
    }

    private func downloadEnded(_ flow: Flow, _ code: CURLcode, _ core: LoopCore) {
        if let answer { return tell(.success(.answered(answer)), core) }
        guard code == CURLE_OK else { return tell(.failure(flow.error(code, at: .download)), core) }
        guard flow.isStreamed else {
            return tell(.success(.refusedAtSource(flow.response)), core)
        }
        guard received == transfer.size else {
            return fault(.truncated, at: flow, "\(received) of \(transfer.size) bytes came", core)
        }
    }

    private func uploadEnded(_ flow: Flow, _ code: CURLcode, _ core: LoopCore) {
        // A destination may refuse and close while we still send: its answer says more than the broken pipe.
        guard code == CURLE_OK || (flow.hasHead && flow.status >= 400) else {
            return tell(.failure(flow.error(code, at: .upload)), core)
        }
        guard sent == transfer.size || !flow.response.isSuccess else {
            let detail = "it answered \(flow.status) after \(sent) of \(transfer.size) bytes"
            return fault(.malformed, at: flow, detail, core)
        }
        // A source that has sent everything is let end by itself, which keeps its connection.
        if received == transfer.size, download?.isDone == false {
            answer = flow.response
            answered = .now
            if let download { core.resumeSoon(download) }
        } else {
            tell(.success(.answered(flow.response)), core)
        }
    }

    func watch(_ now: ContinuousClock.Instant, _ core: LoopCore) {
        if let answer {
            if now - answered > Self.grace { tell(.success(.answered(answer)), core) }
            return
        }
        // Who is paused waits for the other side, and is not the one to blame.
        for flow in [download, upload].compactMap({ $0 })
        where flow.isRunning && !flow.isDone && !flow.isPaused {
            guard let silence = flow.silence(now) else { continue }
            let moved = flow === download ? received : sent
            return fault(
                .stalled, at: flow, "no sign for \(silence) after \(moved) of \(transfer.size) bytes", core)
        }
    }

    private func fault(_ kind: TransportError.Kind, at flow: Flow, _ detail: String, _ core: LoopCore) {
        let end: TransportError.End = flow === upload ? .upload : .download
        tell(.failure(TransportError(kind, at: end, flow.request.address.origin, detail: detail)), core)
    }

    func fail(_ kind: TransportError.Kind, _ core: LoopCore) {
        tell(.failure(TransportError(kind, transfer.download.address.origin)), core)
    }

    private func tell(_ result: Result<PipeOutcome, TransportError>, _ core: LoopCore) {
        if let download { core.retire(download) }
        if let upload { core.retire(upload) }
        (download, upload) = (nil, nil)
        waiter?.resume(returning: result)
        waiter = nil
        core.finish(self)
    }
}

import CCurl
import HTTPTypes

/// A stream: one transfer's answer flows through a ring into another's body, hashed on the way.
///
/// The upload starts when the download's head is there; each side pauses when the ring is full or empty and
/// is resumed by the other. The last bytes enter the ring only once the hash is right, so a destination never
/// gets the whole of a wrong blob.
///
/// A source that breaks off, and a destination that takes parts, end one transfer and not the stream: who waits
/// for it is asked for the next request, and meanwhile the other side's transfer stays open.
final class PipeExchange: Exchange {
    let ticket: Ticket
    let transfer: BlobTransfer
    private var waiter: PipeWaiter?
    /// What could not be told while nobody waited.
    private var unheard: [Result<PipeNews, TransportError>] = []
    var download: Flow?
    var upload: Flow?
    /// How much libcurl reads at a time.
    let piece: Int
    let ring: Ring
    private let hash: RunningHash?
    var received: Int64 = 0
    var sent: Int64 = 0
    /// What the source sends before the bytes that are wanted.
    var surplus: Int64 = 0
    /// Where the part ends that is being sent.
    var partEnd: Int64 = 0
    /// True once the destination was spoken to.
    var hasBegun = false
    /// Why the source gives no more, until it goes on.
    var setback: SourceSetback?
    /// The destination's answer, kept while the source's transfer still has to end by itself.
    private var answer: Response?
    private var answered = ContinuousClock.now
    private(set) var isOver = false
    /// How long the source may take to end after that.
    private static let grace = Duration.seconds(1)

    init(ticket: Ticket, transfer: BlobTransfer, waiter: PipeWaiter) {
        self.ticket = ticket
        self.transfer = transfer
        self.waiter = waiter
        piece = transfer.size > 512 << 10 ? 128 << 10 : transfer.size > 64 << 10 ? 64 << 10 : 16 << 10
        // A small blob fits whole, and leaves room for one more read: then nothing ever waits.
        ring = Ring(capacity: Int(min(Int64(4 * piece), max(transfer.size, 0) + Int64(piece))))
        hash = transfer.checksum.map { RunningHash($0.function) }
    }

    func begin(_ core: LoopCore) { read(transfer.download, core) }

    /// Starts a download.
    func read(_ request: Request, _ core: LoopCore) {
        guard let handle = core.takeHandle() else { return fail(.stopped, core) }
        let flow = Flow(request, handle: handle)
        davit_set_long(handle, CURLOPT_BUFFERSIZE, piece)
        flow.exchange = self
        flow.headArrived = { [unowned self, unowned flow, unowned core] in self.sourceAnswered(flow, core) }
        flow.takesBody = { [unowned self, unowned core] in self.accept($0, core) }
        (download, setback, surplus) = (flow, nil, 0)
        core.run(flow)
    }

    /// An upload of the next part, to be run.
    func nextUpload(_ request: Request, _ core: LoopCore) -> Flow? {
        guard let handle = core.takeHandle() else { return nil }
        partEnd = min(transfer.size, sent + (transfer.partSize ?? transfer.size))
        let flow = Flow(request, handle: handle, uploadSize: partEnd - sent)
        flow.exchange = self
        flow.givesBody = { [unowned self, unowned core] in self.provide($0, core) }
        upload = flow
        hasBegun = true
        return flow
    }

    // MARK: - Inside callbacks

    private func sourceAnswered(_ flow: Flow, _ core: LoopCore) {
        guard flow.isStreamed else { return }
        if let fault = headFault(flow) { return flow.refusal = fault }
        if transfer.size == 0, let wrong = hashFault() { return flow.refusal = wrong }
        guard !hasBegun else { return }
        guard let upload = nextUpload(transfer.upload, core) else { return flow.refusal = (.stopped, "") }
        core.runSoon(upload, of: self)
    }

    private func accept(_ bytes: UnsafeRawBufferPointer, _ core: LoopCore) -> BodyVerdict {
        guard !bytes.isEmpty else { return .moved(0) }
        guard ring.room >= bytes.count else { return .wait }
        let skipped = Int(min(surplus, Int64(bytes.count)))
        let wanted = UnsafeRawBufferPointer(rebasing: bytes[skipped...])
        guard received + Int64(wanted.count) <= transfer.size else {
            return .refuse(.wrongBytes, "more than \(transfer.size) bytes came")
        }
        surplus -= Int64(skipped)
        guard !wanted.isEmpty else { return .moved(bytes.count) }
        hash?.add(wanted)
        received += Int64(wanted.count)
        if received == transfer.size, let (kind, detail) = hashFault() { return .refuse(kind, detail) }
        ring.put(wanted)
        if let upload { core.resumeSoon(upload) }
        // Stopped while a whole read still fits: a callback that refuses makes libcurl keep a copy.
        if let download, ring.room < piece, received < transfer.size { core.pauseSoon(download) }
        return .moved(bytes.count)
    }

    private func provide(_ space: UnsafeMutableRawBufferPointer, _ core: LoopCore) -> BodyVerdict {
        guard ring.count > 0 else { return sent == transfer.size ? .moved(0) : .wait }
        let room = Int(min(Int64(space.count), partEnd - sent))
        let count = ring.take(into: UnsafeMutableRawBufferPointer(rebasing: space[..<room]))
        sent += Int64(count)
        transfer.traffic?.add(count)
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
        if let answer { return tell(.success(.ended(.answered(answer))), core) }
        // Once every byte is there, and right, it does not matter how the source ends.
        if hasBegun, received == transfer.size, flow.refusal == nil { return }
        guard code == CURLE_OK else { return sourceBroke(flow, flow.error(code, at: .download), core) }
        guard flow.isStreamed else {
            return hasBegun
                ? sourceStopped(.refused(flow.response), core)
                : tell(.success(.ended(.refusedAtSource(flow.response))), core)
        }
        guard received == transfer.size else {
            let detail = "\(received) of \(transfer.size) bytes came"
            return sourceBroke(flow, error(.truncated, at: flow, detail), core)
        }
    }

    private func uploadEnded(_ flow: Flow, _ code: CURLcode, _ core: LoopCore) {
        // A destination may refuse and close while we still send: its answer says more than the broken pipe.
        guard code == CURLE_OK || (flow.hasHead && flow.status >= 400) else {
            return tell(.failure(flow.error(code, at: .upload)), core)
        }
        let response = flow.response
        guard sent == partEnd || !response.isSuccess else {
            let detail = "it answered \(flow.status) after \(sent) of \(transfer.size) bytes"
            return tell(.failure(error(.malformed, at: flow, detail)), core)
        }
        if response.isSuccess, sent < transfer.size { return partStored(flow, response, core) }
        // A source that has sent everything is let end by itself, which keeps its connection.
        if received == transfer.size, download?.isDone == false {
            answer = response
            answered = .now
            if let download { core.resumeSoon(download) }
        } else {
            tell(.success(.ended(.answered(response))), core)
        }
    }

    func watch(_ now: ContinuousClock.Instant, _ core: LoopCore) {
        if let answer {
            if now - answered > Self.grace { tell(.success(.ended(.answered(answer))), core) }
            return
        }
        // Who is paused waits for the other side, and is not the one to blame.
        for flow in [download, upload].compactMap({ $0 })
        where flow.isRunning && !flow.isDone && !flow.isPaused {
            guard let silence = flow.silence(now) else { continue }
            let moved = flow === download ? received : sent
            let stall = error(
                .stalled, at: flow, "no sign for \(silence) after \(moved) of \(transfer.size) bytes")
            return flow === download ? sourceBroke(flow, stall, core) : tell(.failure(stall), core)
        }
    }

    func error(_ kind: TransportError.Kind, at flow: Flow, _ detail: String) -> TransportError {
        TransportError(
            kind, at: flow === upload ? .upload : .download, flow.request.address.origin, detail: detail)
    }

    func fail(_ kind: TransportError.Kind, _ core: LoopCore) {
        tell(.failure(TransportError(kind, transfer.download.address.origin)), core)
    }

    // MARK: - What is told

    /// Asks who waits for the stream how it goes on.
    func ask(_ question: PipeNews) {
        guard let waiter else { return unheard.append(.success(question)) }
        self.waiter = nil
        waiter.resume(returning: .success(question))
    }

    /// Listens again; what was missed comes first.
    func listen(_ waiter: PipeWaiter, _ core: LoopCore) {
        guard !unheard.isEmpty else { return self.waiter = waiter }
        waiter.resume(returning: unheard.removeFirst())
        if isOver { core.finish(self) }
    }

    /// Ends the stream. Where nobody listens just now, the end waits until somebody does.
    func tell(_ result: Result<PipeNews, TransportError>, _ core: LoopCore) {
        guard !isOver else { return }
        isOver = true
        if let download { core.retire(download) }
        if let upload { core.retire(upload) }
        (download, upload) = (nil, nil)
        guard let waiter else { return unheard = [result] }
        waiter.resume(returning: result)
        self.waiter = nil
        core.finish(self)
    }
}

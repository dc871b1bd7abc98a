import CCurl
import HTTPTypes

/// One transfer of libcurl's: its handle, the answer's head as it comes in, and a bounded answer body.
final class Flow {
    let handle: OpaquePointer
    let request: Request
    /// What it belongs to.
    weak var exchange: (any Exchange)?
    /// The data callback of a stream's download; `nil`: the body is collected.
    var takesBody: ((UnsafeRawBufferPointer) -> BodyVerdict)?
    /// The data source of a stream's upload.
    var givesBody: ((UnsafeMutableRawBufferPointer) -> BodyVerdict)?
    /// Called once, when the head of the final answer is there.
    var headArrived: (() -> Void)?

    var status = 0
    var headers = HTTPFields()
    var body: [UInt8] = []
    var hasHead = false
    var isRunning = false
    var isDone = false
    var isPaused = false
    /// Held since its line has no room.
    var isHeld = false
    /// What its line may carry; `nil`: there is no ceiling.
    var bucket: LineBucket?
    /// Called when the line has no room left.
    var lineIsFull: (() -> Void)?
    /// When something last moved.
    var lastSign = ContinuousClock.now
    /// What a callback found wrong; libcurl's own code then only says that a callback refused.
    var refusal: (TransportError.Kind, String)?

    private var headBytes = 0
    private var isConnected = false
    private var bytesSent: Int64 = 0
    private let bodySize: Int64
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private static let errorSize = Int(CURL_ERROR_SIZE)

    init(_ request: Request, handle: OpaquePointer, uploadSize: Int64? = nil) {
        self.request = request
        self.handle = handle
        bodySize = uploadSize ?? Int64(request.body?.count ?? 0)
        errorText = .allocate(capacity: Self.errorSize)
        errorText.initialize(repeating: 0, count: Self.errorSize)
        davit_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        headerList = request.configure(handle, uploadSize: uploadSize)
        connectCallbacks()
    }

    deinit {
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// The answer as collected.
    var response: Response {
        Response(status: status, headers: headers, body: body, from: request.address.origin)
    }

    /// True of the answers whose body a stream passes on.
    var isStreamed: Bool { status == 200 || status == 206 }

    /// The length that the answer announces.
    var announcedLength: Int64? { headers[.contentLength].flatMap { Int64($0) } }

    /// What went wrong, when libcurl ended the transfer with this code.
    func error(_ code: CURLcode, at end: TransportError.End) -> TransportError {
        let origin = request.address.origin
        if let (kind, detail) = refusal { return TransportError(kind, at: end, origin, detail: detail) }
        let written = String(cString: errorText)
        let text = written.isEmpty ? String(cString: curl_easy_strerror(code)) : written
        return TransportError(TransportError.Kind(code, text), at: end, origin, detail: text)
    }

    /// How long nothing has moved, where that is longer than is borne.
    ///
    /// Connecting is left to libcurl's own limit. A body of ours gives no sign in a callback while it goes
    /// out, so libcurl is asked how far it is; once it is out, the peer may think about it for long.
    func silence(_ now: ContinuousClock.Instant) -> Duration? {
        // Who is held by us is not the one who is silent.
        if isHeld { lastSign = now }
        let sent = Int64(davit_bytes_sent(handle))
        if !isConnected || sent != bytesSent { lastSign = now }
        isConnected = isConnected || davit_is_connected(handle) != 0
        bytesSent = sent
        // What a PUT closes must be stored, even where its own body is empty.
        let commits = bodySize > 0 || request.method == .put
        let isThinking = commits && sent >= bodySize && !hasHead
        let limit = isThinking ? request.patience.commit : request.patience.stall
        return now - lastSign > limit ? limit : nil
    }

    // MARK: - Callbacks

    private func connectCallbacks() {
        let me = Unmanaged.passUnretained(self).toOpaque()
        davit_set_pointer(handle, CURLOPT_HEADERDATA, me)
        davit_set_pointer(handle, CURLOPT_WRITEDATA, me)
        davit_set_pointer(handle, CURLOPT_READDATA, me)
        davit_set_callback(handle, CURLOPT_HEADERFUNCTION) { data, size, count, me in
            guard let data, let me else { return 0 }
            let line = UnsafeRawBufferPointer(start: data, count: size * count)
            return Unmanaged<Flow>.fromOpaque(me).takeUnretainedValue().tookHeader(line) ? size * count : 0
        }
        davit_set_callback(handle, CURLOPT_WRITEFUNCTION) { data, size, count, me in
            guard let data, let me else { return 0 }
            let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
            let flow = Unmanaged<Flow>.fromOpaque(me).takeUnretainedValue()
            // libcurl reads on in one turn as long as something is there: what the line can't carry is refused.
            guard flow.givesBody != nil || flow.hasRoom else { return Int(CURL_WRITEFUNC_PAUSE) }
            return flow.counted(flow.took(bytes), of: bytes.count)
        }
        davit_set_callback(handle, CURLOPT_READFUNCTION) { data, size, count, me in
            guard let data, let me else { return Int(CURL_READFUNC_ABORT) }
            let room = UnsafeMutableRawBufferPointer(start: data, count: size * count)
            let flow = Unmanaged<Flow>.fromOpaque(me).takeUnretainedValue()
            guard flow.hasRoom else { return Int(CURL_READFUNC_PAUSE) }
            let space = flow.bucket.map { room.prefix($0.piece) }.map { .init(rebasing: $0) } ?? room
            return flow.counted(flow.gave(space), of: space.count)
        }
    }

    /// False where the line is full: then it is held.
    private var hasRoom: Bool {
        guard let bucket, bucket.credit(at: .now) <= 0 else { return true }
        lineIsFull?()
        return false
    }

    /// Takes note of what a callback moved; other verdicts are larger than what was offered.
    private func counted(_ verdict: Int, of offered: Int) -> Int {
        guard let bucket, verdict > 0, verdict <= offered else { return verdict }
        bucket.spend(verdict)
        // Stopped now, since a refusal makes libcurl keep a copy. An upload is stopped where it asks for more.
        if givesBody == nil, bucket.credit(at: .now) <= 0 { lineIsFull?() }
        return verdict
    }

    private func tookHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        lastSign = .now
        // What follows the body (trailers) means nothing to us.
        guard !hasHead else { return true }
        headBytes += line.count
        guard headBytes <= 256 << 10 else {
            refusal = (.tooLarge, "the answer's head has more than 256 KiB")
            return false
        }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            // A new head, perhaps after an interim one such as 100 Continue.
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix(3)) } ?? 0
            headers = HTTPFields()
        } else if text == "\r\n" || text == "\n" {
            guard status >= 200 else { return true }
            hasHead = true
            headArrived?()
            return refusal == nil
        } else if let colon = text.firstIndex(of: ":"), let name = HTTPField.Name(String(text[..<colon])) {
            let value = text[text.index(after: colon)...].trimmed
            headers.append(HTTPField(name: name, value: value))
        }
        return true
    }

    private func took(_ bytes: UnsafeRawBufferPointer) -> Int {
        if let takesBody, isStreamed { return answer(takesBody(bytes)) }
        lastSign = .now
        guard body.count + bytes.count <= request.answerLimit else {
            refusal = (.tooLarge, "more than \(request.answerLimit) bytes")
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    private func gave(_ room: UnsafeMutableRawBufferPointer) -> Int {
        guard let givesBody else { return Int(CURL_READFUNC_ABORT) }
        let verdict = answer(givesBody(room))
        return verdict == 0 && refusal != nil ? Int(CURL_READFUNC_ABORT) : verdict
    }

    private func answer(_ verdict: BodyVerdict) -> Int {
        switch verdict {
        case .moved(let count):
            lastSign = .now
            return count
        case .wait:
            isPaused = true
            return Int(CURL_WRITEFUNC_PAUSE)
        case .refuse(let kind, let detail):
            refusal = (kind, detail)
            return 0
        }
    }
}

extension Substring {
    /// Without blanks and line ends at its ends.
    var trimmed: String {
        let kept = drop(while: \.isWhitespace)
        return String(kept.prefix(kept.count - kept.reversed().prefix(while: \.isWhitespace).count))
    }
}

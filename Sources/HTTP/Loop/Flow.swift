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
    /// When something last moved.
    var lastSign = ContinuousClock.now
    /// What a callback found wrong; libcurl's own code then only says that a callback refused.
    var refusal: (TransportError.Kind, String)?

    private var headBytes = 0
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private static let errorSize = Int(CURL_ERROR_SIZE)

    init(_ request: Request, handle: OpaquePointer, uploadSize: Int64? = nil) {
        self.request = request
        self.handle = handle
        errorText = .allocate(capacity: Self.errorSize)
        errorText.initialize(repeating: 0, count: Self.errorSize)
        davit_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        configure()
        configureBody(uploadSize)
        connectCallbacks()
    }

    deinit {
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// The answer as collected.
    var response: Response { Response(status: status, headers: headers, body: body) }

    /// The length that the answer announces.
    var announcedLength: Int64? { headers[.contentLength].flatMap { Int64($0) } }

    /// What went wrong, when libcurl ended the transfer with this code.
    func error(_ code: CURLcode, at end: TransportError.End) -> TransportError {
        let origin = request.address.origin
        if let (kind, detail) = refusal { return TransportError(kind, at: end, origin, detail: detail) }
        let written = String(cString: errorText)
        let text = written.isEmpty ? String(cString: curl_easy_strerror(code)) : written
        return TransportError(Self.kind(of: code), at: end, origin, detail: text)
    }

    private static func kind(of code: CURLcode) -> TransportError.Kind {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unknownHost
        case CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT, CURLE_INTERFACE_FAILED: .connect
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR:
            .securityFiles
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER,
            CURLE_SSL_ENGINE_NOTFOUND:
            .tls
        case CURLE_PARTIAL_FILE: .truncated
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING: .malformed
        default: .broken
        }
    }

    // MARK: - Options

    private func configure() {
        let origin = request.address.origin
        davit_set_text(handle, CURLOPT_URL, request.address.description)
        davit_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        davit_set_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        davit_set_long(handle, CURLOPT_NOSIGNAL, 1)
        davit_set_long(handle, CURLOPT_PATH_AS_IS, 1)
        davit_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        davit_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, request.patience.connect.milliseconds)
        if origin.isLoopback { davit_set_text(handle, CURLOPT_NOPROXY, "*") }
        let security = request.security
        if let file = security.caFile {
            // The file alone would replace the system's certificates; the folder keeps them.
            davit_set_text(handle, CURLOPT_CAINFO, file)
            davit_set_text(handle, CURLOPT_CAPATH, "/etc/ssl/certs")
        }
        if let file = security.clientCertificate { davit_set_text(handle, CURLOPT_SSLCERT, file) }
        if let file = security.clientKey { davit_set_text(handle, CURLOPT_SSLKEY, file) }
        if security.skipsVerification {
            davit_set_long(handle, CURLOPT_SSL_VERIFYPEER, 0)
            davit_set_long(handle, CURLOPT_SSL_VERIFYHOST, 0)
        }
    }

    private func configureBody(_ uploadSize: Int64?) {
        // An empty `Expect:` saves a second per PUT at servers that ignore 100-continue.
        var lines = ["Expect:"]
        if request.headers[.contentType] == nil { lines.append("Content-Type:") }
        if request.headers[.accept] == nil { lines.append("Accept:") }
        for field in request.headers { lines.append("\(field.name.rawName): \(field.value)") }
        for line in lines { headerList = curl_slist_append(headerList, line) }
        davit_set_list(handle, CURLOPT_HTTPHEADER, headerList)
        if let uploadSize {
            davit_set_long(handle, CURLOPT_UPLOAD, 1)
            davit_set_off(handle, CURLOPT_INFILESIZE_LARGE, Int(uploadSize))
        } else if request.method == .head {
            davit_set_long(handle, CURLOPT_NOBODY, 1)
            return
        } else if let body = request.body {
            // Copied by libcurl: the array need not outlive this call.
            davit_set_off(handle, CURLOPT_POSTFIELDSIZE_LARGE, body.count)
            davit_copy_body(handle, body)
        }
        davit_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

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
            return Unmanaged<Flow>.fromOpaque(me).takeUnretainedValue().took(bytes)
        }
        davit_set_callback(handle, CURLOPT_READFUNCTION) { data, size, count, me in
            guard let data, let me else { return Int(CURL_READFUNC_ABORT) }
            let room = UnsafeMutableRawBufferPointer(start: data, count: size * count)
            return Unmanaged<Flow>.fromOpaque(me).takeUnretainedValue().gave(room)
        }
    }

    // MARK: - Callbacks

    private func tookHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        lastSign = .now
        headBytes += line.count
        guard headBytes <= 256 << 10 else {
            refusal = (.tooLarge, "the answer's head has more than 256 KiB")
            return false
        }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            // A new head: after 100 Continue, or after a proxy's answer to CONNECT.
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
        if let takesBody, (200..<300).contains(status) {
            return answer(takesBody(bytes))
        }
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

/// What a body callback decided.
enum BodyVerdict {
    /// So many bytes were taken or given.
    case moved(Int)
    /// The other side is not ready: pause this one.
    case wait
    /// The transfer must end.
    case refuse(TransportError.Kind, String)
}

extension Duration {
    /// Whole milliseconds, for libcurl.
    var milliseconds: Int {
        Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}

extension Substring {
    /// Without blanks and line ends at its ends.
    var trimmed: String {
        let kept = drop(while: \.isWhitespace)
        return String(kept.prefix(kept.count - kept.reversed().prefix(while: \.isWhitespace).count))
    }
}

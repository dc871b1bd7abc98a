import CCurl
import HTTPTypes

extension Request {
    /// Sets a handle up for this request; with a size, the body is a stream of so many bytes.
    ///
    /// - Returns: the list of fields, which must outlive the transfer.
    func configure(_ handle: OpaquePointer, uploadSize: Int64?) -> UnsafeMutablePointer<curl_slist>? {
        davit_set_text(handle, CURLOPT_URL, address.description)
        davit_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        davit_set_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        davit_set_long(handle, CURLOPT_NOSIGNAL, 1)
        davit_set_long(handle, CURLOPT_PATH_AS_IS, 1)
        davit_set_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        davit_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, patience.connect.milliseconds)
        // A proxy's answer to CONNECT is no head of ours.
        davit_set_long(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if address.origin.isLoopback { davit_set_text(handle, CURLOPT_NOPROXY, "*") }
        security.configure(handle)
        configureBody(handle, uploadSize)
        let list = fieldList()
        davit_set_list(handle, CURLOPT_HTTPHEADER, list)
        return list
    }

    private func fieldList() -> UnsafeMutablePointer<curl_slist>? {
        // An empty `Expect:` saves a second per PUT at servers that ignore 100-continue.
        var lines = ["Expect:"]
        if headers[.contentType] == nil { lines.append("Content-Type:") }
        if headers[.accept] == nil { lines.append("Accept:") }
        // A field without a value ends in `;`, or libcurl would take it for one to be left out.
        lines += headers.map { $0.value.isEmpty ? "\($0.name.rawName);" : "\($0.name.rawName): \($0.value)" }
        return lines.reduce(nil) { curl_slist_append($0, $1) }
    }

    private func configureBody(_ handle: OpaquePointer, _ uploadSize: Int64?) {
        if method == .head {
            davit_set_long(handle, CURLOPT_NOBODY, 1)
            return
        }
        if let uploadSize {
            davit_set_long(handle, CURLOPT_UPLOAD, 1)
            davit_set_off(handle, CURLOPT_INFILESIZE_LARGE, Int(uploadSize))
        } else if let body {
            // Copied by libcurl: the array need not outlive this call.
            davit_set_off(handle, CURLOPT_POSTFIELDSIZE_LARGE, body.count)
            davit_copy_body(handle, body)
        }
        davit_set_text(handle, CURLOPT_CUSTOMREQUEST, method.rawValue)
    }
}

extension Security {
    /// Sets a handle up for a connection that is secured so.
    fileprivate func configure(_ handle: OpaquePointer) {
        if let caFile {
            // The file takes the place of libcurl's own one; the system's folder of certificates stays.
            davit_set_text(handle, CURLOPT_CAINFO, caFile)
            if davit_has_ca_folder() == 0 { davit_set_text(handle, CURLOPT_CAPATH, "/etc/ssl/certs") }
        }
        if let clientCertificate { davit_set_text(handle, CURLOPT_SSLCERT, clientCertificate) }
        if let clientKey { davit_set_text(handle, CURLOPT_SSLKEY, clientKey) }
        if skipsVerification {
            davit_set_long(handle, CURLOPT_SSL_VERIFYPEER, 0)
            davit_set_long(handle, CURLOPT_SSL_VERIFYHOST, 0)
        }
    }
}

extension Duration {
    /// Whole milliseconds, for libcurl, which takes 0 for its own default.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(min(seconds, 1 << 20) * 1000 + attoseconds / 1_000_000_000_000_000))
    }
}

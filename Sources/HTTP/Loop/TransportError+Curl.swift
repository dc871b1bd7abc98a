import CCurl

extension TransportError.Kind {
    /// What a code of libcurl's means; the text is what libcurl says of it.
    init(_ code: CURLcode, _ text: String) {
        self =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unknownHost
            case CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT, CURLE_INTERFACE_FAILED: .connect
            case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE,
                CURLE_SSL_ISSUER_ERROR:
                .securityFiles
            // The peer, or something on the way, hung up in the handshake: that says nothing of trust.
            case CURLE_SSL_CONNECT_ERROR where Self.hangUps.contains { text.lowercased().contains($0) }:
                .connect
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER,
                CURLE_SSL_ENGINE_NOTFOUND:
                .tls
            // With TLS 1.3 a peer refuses our certificate, or the lack of one, after the handshake.
            case CURLE_RECV_ERROR where text.contains("SSL") && text.contains("alert"),
                CURLE_SEND_ERROR where text.contains("SSL") && text.contains("alert"):
                .tls
            case CURLE_PARTIAL_FILE: .truncated
            // A line of the head beyond libcurl's own bound counts as out of memory there.
            case CURLE_OUT_OF_MEMORY, CURLE_FILESIZE_EXCEEDED: .tooLarge
            case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING: .malformed
            default: .broken
            }
    }

    private static let hangUps = ["reset by peer", "syscall", "unexpected eof", "broken pipe"]
}

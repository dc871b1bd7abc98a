import HTTP
import HTTPTypes
import OCI

extension DistributionClient {
    /// What an answer with an error status means.
    func failure(_ response: Response, _ purpose: Purpose) -> RegistryError {
        let body = ErrorBody(response)
        let kind: RegistryError.Kind =
            switch response.status {
            case _ where body.has("MANIFEST_BLOB_UNKNOWN"): .contentMissing
            case _ where body.has("TAG_INVALID", "TAG_IMMUTABLE"): .immutable
            case _ where body.has("DIGEST_INVALID"): .wrongBytes
            case _ where body.has("DENIED", "UNAUTHORIZED"), 401, 403: .denied
            case 404, 410: .notFound
            case 413: .tooLarge
            case 429: .throttled
            case 405, 501, 505: .unsupported
            case 408, 425, 500...: .unavailable
            case 400..<500: .refused
            default: .malformed
            }
        let said = body.text.isEmpty ? "status \(response.status)" : "status \(response.status), \(body.text)"
        let hint = kind == .denied ? "; check the credential of this registry and its rights" : ""
        var failure = RegistryError(kind, at: place, while: purpose.action, purpose.subject, detail: said + hint)
        failure.retryAfter = response.retryAfter
        return failure
    }

    /// What an exchange without an answer means.
    func failure(_ error: TransportError, _ purpose: Purpose) -> RegistryError {
        let kind: RegistryError.Kind =
            switch error.kind {
            case .wrongBytes: .wrongBytes
            case .tooLarge: .tooLarge
            case .cancelled: .cancelled
            default: .transport(error.kind)
            }
        let who = error.origin == origin ? error.detail : "\(error.origin): \(error.detail)"
        return RegistryError(kind, at: place, while: purpose.action, purpose.subject, detail: printable(who))
    }

    /// What a failed proof means.
    func failure(_ error: AuthError, _ purpose: Purpose) -> RegistryError {
        RegistryError(
            error.isTransient ? .unavailable : .denied, at: place, while: purpose.action, purpose.subject,
            detail: error.description)
    }
}

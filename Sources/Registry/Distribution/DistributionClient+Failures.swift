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
            case _ where body.has("TAG_IMMUTABLE"): .immutable
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
        let other = response.origin.flatMap { $0 == origin ? nil : $0 }
        var detail = other.map { "\($0.description.printable(atMost: 150)) answered with " } ?? ""
        detail += "status \(response.status)"
        if !body.text.isEmpty { detail += ", \(body.text)" }
        if let asked = response.retryAfter { detail += ", it asks to wait \(asked.components.seconds) s" }
        if let hint = Self.hint(for: kind), other == nil { detail += "; \(hint)" }
        var failure = RegistryError(kind, at: place, while: purpose.action, purpose.subject, detail: detail)
        failure.retryAfter = response.retryAfter
        failure.status = response.status
        return failure
    }

    private static func hint(for kind: RegistryError.Kind) -> String? {
        switch kind {
        case .denied: "check the credential of this registry and its rights"
        case .tooLarge: "the registry, or a proxy before it, bounds the size of bodies"
        case .transport(.tls): "name its authority, or a client certificate, under the registry's 'tls'"
        default: nil
        }
    }

    /// What an exchange without an answer means.
    func failure(_ error: TransportError, _ purpose: Purpose) -> RegistryError {
        let kind: RegistryError.Kind =
            switch error.kind {
            case .wrongBytes: .wrongBytes
            case .tooLarge: .tooLarge
            case .cancelled: .cancelled
            case .storage: .storage
            default: .transport(error.kind)
            }
        let who = error.origin == origin ? error.detail : "\(error.origin): \(error.detail)"
        let detail = [who.printable(atMost: 300), Self.hint(for: kind) ?? ""].filter { !$0.isEmpty }
        return RegistryError(
            kind, at: place, while: purpose.action, purpose.subject, detail: detail.joined(separator: "; "))
    }

    /// What a failed proof means.
    func failure(_ error: AuthError, _ purpose: Purpose) -> RegistryError {
        let kind: RegistryError.Kind =
            switch error.kind {
            case .cancelled: .cancelled
            case .unavailable: .unavailable
            case .insecure: .transport(.tls)
            case .malformed: .malformed
            case .denied, .noLogin, .untrustedRealm, .unsupported: .denied
            }
        return RegistryError(
            kind, at: place, while: purpose.action, purpose.subject,
            detail: error.description.printable(atMost: 800))
    }

    /// An answer that makes no sense, told without what could play tricks with a terminal.
    func malformed(_ purpose: Purpose, _ detail: String) -> RegistryError {
        RegistryError(
            .malformed, at: place, while: purpose.action, purpose.subject,
            detail: detail.printable(atMost: 300))
    }
}

import Registry

extension RegistryError {
    /// A call to the service failed that a registry's answer hangs on. Its words name the action that was denied.
    init(_ error: AWSError, at place: String, while action: String, _ subject: String) {
        let kind: Kind =
            switch error.kind {
            case .noKeys, .keys, .keysRefused, .denied, .clock: .denied
            case .throttled: .throttled
            case .quota: .refused
            case .unavailable: .unavailable
            case .transport(let kind): .transport(kind)
            case .refused where error.code.hasSuffix("NotFoundException"): .notFound
            case .refused: .refused
            case .malformed: .malformed
            case .setting: .unsupported
            case .cancelled: .cancelled
            }
        self.init(kind, at: place, while: action, subject, detail: "\(error)")
        retryAfter = error.retryAfter
    }
}

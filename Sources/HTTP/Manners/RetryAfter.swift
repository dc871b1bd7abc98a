import Glibc
import HTTPTypes

extension Response {
    /// How long `Retry-After` asks to wait, in either of its forms (RFC 9110, section 10.2.3).
    ///
    /// A date is measured against the answer's own `Date`, so that a wrong clock here does no harm.
    public var retryAfter: Duration? {
        guard let text = headers[.retryAfter] else { return nil }
        if let seconds = Int64(text) { return .seconds(max(0, min(seconds, 1 << 32))) }
        guard let until = HTTPDate.seconds(text) else { return nil }
        let now = headers[.date].flatMap(HTTPDate.seconds) ?? Int64(time(nil))
        return .seconds(max(0, until - now))
    }
}

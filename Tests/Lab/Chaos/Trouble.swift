/// A way in which an exchange goes wrong on its way through a proxy.
public enum Trouble: String, CaseIterable, Sendable {
    /// The connection is reset before anything goes on.
    case resetBefore
    /// The registry does it, and nobody hears of it.
    case lostAnswer
    /// 401, once, with a challenge.
    case unauthorized
    /// 429 with a `Retry-After` in seconds.
    case throttled
    /// 429 with a `Retry-After` as a date.
    case throttledUntil
    /// 500, 502, 503, 504, 408 or 425.
    case failing
    /// Nothing happens for a while, then all is well.
    case held
    /// The answer's body stops in the middle for a while.
    case stalledAnswer
    /// The answer's body comes in drops.
    case trickledAnswer
    /// The connection is reset in the middle of the answer's body.
    case resetAnswer
    /// The answer's body ends early, in good order.
    case cutAnswer
    /// A byte of the answer's body is another one.
    case corruptAnswer
    /// The answer claims fewer bytes than come.
    case shortAnswer
    /// A web page comes instead of the answer.
    case portal
    /// The answer is to be had elsewhere.
    case redirected
    /// The answer does not name the digest.
    case noDigest
    /// The request's body stops in the middle for a while.
    case stalledRequest
    /// The request's body passes in drops.
    case trickledRequest
    /// The connection is reset in the middle of the request's body.
    case resetRequest
    /// The request's body ends early, in good order.
    case cutRequest
    /// A byte of the request's body is another one.
    case corruptRequest
    /// The upload is not known any more.
    case lostSession
    /// What a manifest names is not known any more, it is said.
    case lostBlob
    /// The wish for a part of a blob does not arrive.
    case lostRange

    /// Whether it can happen to a request.
    func fits(_ request: ProxyRequest) -> Bool {
        let kind = request.route.kind
        let isManifest = [.manifestByTag, .manifestByDigest, .manifestByDigestTag].contains(kind)
        switch self {
        case .resetBefore, .lostAnswer, .unauthorized, .throttled, .throttledUntil, .failing, .held:
            return true
        case .stalledAnswer, .trickledAnswer, .resetAnswer, .cutAnswer, .corruptAnswer, .shortAnswer, .portal:
            return request.method == "GET"
        case .redirected: return request.method == "GET" || request.method == "HEAD"
        case .noDigest: return isManifest
        case .stalledRequest, .trickledRequest, .resetRequest, .cutRequest, .corruptRequest:
            return request.bodyLength > 1
        case .lostSession: return kind == .upload && request.method != "DELETE"
        case .lostBlob: return isManifest && request.method == "PUT"
        case .lostRange: return request.headers.contains("Range")
        }
    }
}

extension ProxyRequest {
    /// The length of its body, as it claims.
    var bodyLength: Int { headers["Content-Length"].flatMap { Int($0) } ?? 0 }
}

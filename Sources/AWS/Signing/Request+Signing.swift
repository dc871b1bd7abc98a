import HTTP
import HTTPTypes
import Registry

/// What a signature is good for.
public struct SigningScope: Hashable, Sendable {
    /// The service's signing name: `ecr`.
    public var service: String
    /// The region: `eu-west-1`.
    public var region: String

    /// Names a scope.
    public init(service: String, region: String) {
        self.service = service
        self.region = region
    }
}

extension Request {
    /// The same request with a signature (Signature Version 4, in the `Authorization` field).
    ///
    /// What is signed must be what is sent: nothing may be changed after this but fields that are never signed. A
    /// signature that it has already is replaced, so that a request can be signed anew for another try.
    ///
    /// - Parameter seconds: the time of the other side, in seconds since 1970; five minutes off are borne there.
    public func signed(with keys: AccessKeys, for scope: SigningScope, at seconds: Int64) -> Request {
        var request = self
        let time = UTCTime(seconds: seconds).compact
        let day = String(time.prefix(8))
        request.headers[.authorization] = nil
        request.headers[.amazonDate] = time
        request.headers[.amazonToken] = keys.sessionToken?.reveal()
        let canonical = CanonicalRequest(request)
        let place = "\(day)/\(scope.region)/\(scope.service)/aws4_request"
        let hash = MessageCode.sha256(Array(canonical.text.utf8))
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(place)\n\(hash)"
        let key = [day, scope.region, scope.service, "aws4_request"]
            .reduce(Array("AWS4\(keys.secret.reveal())".utf8)) { MessageCode.hmac($0, $1) }
        let signature = MessageCode.hex(MessageCode.hmac(key, text))
        request.headers[.authorization] =
            "AWS4-HMAC-SHA256 Credential=\(keys.id)/\(place), SignedHeaders=\(canonical.signedFields), "
            + "Signature=\(signature)"
        return request
    }
}

extension HTTPField.Name {
    /// When a request was signed.
    static let amazonDate = other("X-Amz-Date")
    /// What temporary keys are sent with.
    static let amazonToken = other("X-Amz-Security-Token")
    /// Which operation of a JSON service is called.
    static let amazonTarget = other("X-Amz-Target")

    /// A name that is known to be right; were it not, it would be one that nothing reads.
    static func other(_ name: String) -> Self { Self(name) ?? .expect }
}

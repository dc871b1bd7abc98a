import FoundationEssentials
import Registry

/// Keys as services and programs write them in JSON. Its texts are secrets: no error repeats them.
struct KeyFields: Decodable {
    private let id: String?
    private let secret: String?
    private let token: String?
    private let sessionToken: String?
    private let expiration: String?
    /// `Success`, or why there are none.
    let code: String?
    /// The form's number, of programs.
    let version: Int?

    private enum CodingKeys: String, CodingKey {
        case id = "AccessKeyId"
        case secret = "SecretAccessKey"
        case token = "Token"
        case sessionToken = "SessionToken"
        case expiration = "Expiration"
        case code = "Code"
        case version = "Version"
    }

    /// Reads an answer; `nil` where it is no JSON of this form.
    init?(_ bytes: [UInt8]) {
        guard let fields = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
        self = fields
    }

    /// The keys, or the first thing that is wrong with them.
    func keys(from origin: String) throws(AWSError) -> AccessKeys {
        guard let id, let secret else {
            throw .keys(at: origin, "the answer lacks AccessKeyId or SecretAccessKey")
        }
        var expiry: Int64?
        if let expiration {
            guard let time = UTCTime(expiration) else {
                throw .keys(at: origin, "the answer's Expiration is no date")
            }
            expiry = time.seconds
        }
        return try AccessKeys(
            checking: id, secret: secret, sessionToken: token ?? sessionToken, expiry: expiry, origin: origin)
    }
}

extension AccessKeys {
    /// Takes keys that somebody else wrote: they must be such as can stand in a header field.
    init(
        checking id: String, secret: String, sessionToken: String?, expiry: Int64? = nil, origin: String
    ) throws(AWSError) {
        let texts = [id, secret] + (sessionToken.map { [$0] } ?? [])
        let areVisible = texts.allSatisfy { text in text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
        guard areVisible, !id.isEmpty, !secret.isEmpty, texts.allSatisfy({ $0.utf8.count <= 64 << 10 }) else {
            throw .keys(at: origin, "a key or its token is empty, or holds characters that none has")
        }
        self.init(
            id: id, secret: Secret(secret),
            sessionToken: sessionToken.flatMap { $0.isEmpty ? nil : Secret($0) }, expiry: expiry,
            origin: origin)
    }
}

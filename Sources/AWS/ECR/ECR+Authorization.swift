import FoundationEssentials
import Registry

extension ECR {
    /// What opens the registry's own API, for twelve hours (GetAuthorizationToken).
    struct Authorization: Sendable {
        var login: Login
        /// Seconds since 1970.
        var expiry: Int64
    }

    /// Gets a token. It serves every registry that the keys may reach, so no account is named.
    func authorization() async throws(AWSError) -> Authorization {
        struct Input: Encodable {}
        struct Grant: Decodable {
            var authorizationToken: String?
            var expiresAt: Date?
        }
        struct Answer: Decodable { var authorizationData: [Grant]? }
        let action = "GetAuthorizationToken"
        let answer: Answer = try await client.call(action, Input())
        guard let grant = answer.authorizationData?.first,
            let pair = grant.authorizationToken.flatMap({ Data(base64Encoded: $0) }).map({
                String(decoding: $0, as: UTF8.self)
            }),
            let colon = pair.firstIndex(of: ":")
        else { throw client.failure(.malformed, action, "the answer holds no token") }
        let login = Login.basic(
            username: String(pair[..<colon]), password: Secret(String(pair[pair.index(after: colon)...])))
        let expiry = grant.expiresAt.map { Int64($0.timeIntervalSince1970) } ?? 0
        return Authorization(login: login, expiry: expiry)
    }
}

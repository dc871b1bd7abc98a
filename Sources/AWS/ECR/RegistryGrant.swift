import FoundationEssentials
import Registry

/// What opens a registry's own API, for twelve hours.
struct RegistryGrant: Sendable {
    var login: Login
    /// Seconds since 1970; 0 where it is not told.
    var expiry: Int64
}

extension AWSClient {
    /// Gets a token (GetAuthorizationToken). That of private registries serves every one that the keys may reach, so no
    /// account is named; that of the public registry is shown to its token server.
    func registryGrant() async throws(AWSError) -> RegistryGrant {
        struct Input: Encodable {}
        struct Grant: Decodable {
            var authorizationToken: String?
            var expiresAt: Date?
        }
        struct Private: Decodable { var authorizationData: [Grant]? }
        struct Public: Decodable { var authorizationData: Grant? }
        let action = "GetAuthorizationToken"
        var grant: Grant?
        if service == .ecrPublic {
            grant = try await call(action, Input(), as: Public.self).authorizationData
        } else {
            grant = try await call(action, Input(), as: Private.self).authorizationData?.first
        }
        guard
            let pair = grant?.authorizationToken.flatMap({ Data(base64Encoded: $0) }).map({
                String(decoding: $0, as: UTF8.self)
            }),
            let colon = pair.firstIndex(of: ":")
        else { throw failure(.malformed, action, "the answer holds no token") }
        let login = Login.basic(
            username: String(pair[..<colon]), password: Secret(String(pair[pair.index(after: colon)...])))
        let expiry = grant?.expiresAt.map { min(max($0.timeIntervalSince1970, 0), 4e9) } ?? 0
        return RegistryGrant(login: login, expiry: Int64(expiry))
    }
}

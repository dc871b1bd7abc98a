import Registry

/// The calls to the Security Token Service that keys come from (STS API Reference, version 2011-06-15).
struct STS: Sendable {
    let client: AWSClient

    /// Keys of a role, for whoever the client's own keys are.
    func assume(_ role: Role) async throws(AWSError) -> AccessKeys {
        let answer = try await client.query("AssumeRole", parameters(role))
        return try keys(answer, "AssumeRole", role)
    }

    /// Keys of a role, for whoever a token is about; the call is not signed.
    func assume(_ role: Role, with token: Secret) async throws(AWSError) -> AccessKeys {
        let answer = try await client.query(
            "AssumeRoleWithWebIdentity", parameters(role) + [("WebIdentityToken", token.reveal())])
        return try keys(answer, "AssumeRoleWithWebIdentity", role)
    }

    /// Whose keys the client has.
    func caller() async throws(AWSError) -> CallerIdentity {
        let answer = try await client.query("GetCallerIdentity", [])
        guard let result = answer.first("GetCallerIdentityResult"), let account = result.text(at: "Account"),
            let arn = result.text(at: "Arn")
        else { throw client.failure(.malformed, "GetCallerIdentity", "the answer lacks Account or Arn") }
        return CallerIdentity(
            account: account.printable(atMost: 20), arn: arn.printable(atMost: 300))
    }

    private func parameters(_ role: Role) -> [(name: String, value: String)] {
        [
            ("RoleArn", role.arn),
            ("RoleSessionName", role.sessionName ?? "davit-\(client.ground.clock.seconds())"),
            role.externalID.map { ("ExternalId", $0) }, role.duration.map { ("DurationSeconds", "\($0)") },
        ].compactMap { $0 }
    }

    private func keys(_ answer: XMLNode, _ action: String, _ role: Role) throws(AWSError) -> AccessKeys {
        guard let found = answer.first(action + "Result")?.first("Credentials"),
            let id = found.text(at: "AccessKeyId"), let secret = found.text(at: "SecretAccessKey"),
            let token = found.text(at: "SessionToken"),
            let expiry = found.text(at: "Expiration").flatMap({ UTCTime($0) })
        else { throw client.failure(.malformed, action, "the answer lacks what keys are made of") }
        return try AccessKeys(
            checking: id, secret: secret, sessionToken: token, expiry: expiry.seconds,
            origin: "role \(role.arn.printable(atMost: 200))")
    }
}

/// Who calls, by AWS's own account.
public struct CallerIdentity: Hashable, Sendable {
    /// The account: twelve digits.
    public var account: String
    /// The user, role session or service.
    public var arn: String

    /// Names a caller.
    public init(account: String, arn: String) {
        self.account = account
        self.arn = arn
    }
}

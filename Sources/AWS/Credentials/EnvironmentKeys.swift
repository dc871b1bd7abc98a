import Registry

/// Keys in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
struct EnvironmentKeys: KeyProvider {
    static let place = "the environment"

    let environment: LoginEnvironment

    func find() async throws(AWSError) -> Finding {
        guard let id = environment["AWS_ACCESS_KEY_ID"] else {
            return .absent("AWS_ACCESS_KEY_ID is not set")
        }
        guard let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
            throw .keys(
                at: Self.place, "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not; set both or none")
        }
        var expiry: Int64?
        if let text = environment["AWS_CREDENTIAL_EXPIRATION"] {
            guard let time = UTCTime(text) else {
                throw .keys(at: Self.place, "AWS_CREDENTIAL_EXPIRATION is no date like 2026-01-31T12:00:00Z")
            }
            expiry = time.seconds
        }
        // The older name comes first, as in AWS's own tools.
        let token = environment["AWS_SECURITY_TOKEN"] ?? environment["AWS_SESSION_TOKEN"]
        return .found(
            try AccessKeys(
                checking: id, secret: secret, sessionToken: token, expiry: expiry, origin: Self.place))
    }
}

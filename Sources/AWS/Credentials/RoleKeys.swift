import Registry

/// Keys of a role, taken on with other keys.
struct RoleKeys: KeyProvider {
    let role: Role
    /// The service, called with the other keys.
    let sts: STS

    func find() async throws(AWSError) -> Finding {
        let place = "role \(role.arn.printable(atMost: 200))"
        try role.check(at: place)
        do { return .found(try await sts.assume(role)) } catch  where error.kind == .noKeys {
            // Whoever names a role wants that and nothing else: no further place is looked in.
            throw .keys(at: place, "there are no keys to take it on with: \(error.detail)")
        }
    }
}

/// Keys of a role, taken on with a token that somebody else vouches with: IRSA, or any OpenID Connect provider.
struct WebIdentityKeys: KeyProvider {
    private static let largest = 64 << 10

    let role: Role
    /// The token's file, read anew each time, since it is rotated.
    let tokenFile: String
    /// The service, called without keys.
    let sts: STS

    private var place: String { "role \(role.arn.printable(atMost: 200))" }

    func find() async throws(AWSError) -> Finding {
        try role.check(at: place)
        let bytes: [UInt8]?
        do { bytes = try LocalFile.read(tokenFile, atMost: Self.largest) } catch {
            throw .keys(at: place, "the web identity token's file: \(error)")
        }
        guard let bytes else {
            throw .keys(
                at: place, "the web identity token's file \(tokenFile.printable(atMost: 200)) is not there")
        }
        let token = Substring(String(decoding: bytes, as: UTF8.self)).trimmed
        guard !token.isEmpty else { throw .keys(at: place, "the web identity token's file is empty") }
        return .found(try await sts.assume(role, with: Secret(String(token))))
    }
}

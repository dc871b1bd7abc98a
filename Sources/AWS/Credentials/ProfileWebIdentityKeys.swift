import Registry

/// Keys for a token in a file: `AWS_WEB_IDENTITY_TOKEN_FILE` (IRSA sets it), or a profile's `web_identity_token_file`.
struct ProfileWebIdentityKeys: KeyProvider {
    let settings: AWSSettings
    let profile: Profile
    /// Whether the environment's variables count, before the profile's settings.
    let readsEnvironment: Bool
    let ground: AWSGround

    func find() async throws(AWSError) -> Finding {
        guard let file = setting("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file") else {
            return .absent("no web identity token is named")
        }
        guard let arn = setting("AWS_ROLE_ARN", "role_arn") else {
            throw .keys(
                at: "web identity", "a token is named without a role; set AWS_ROLE_ARN or role_arn", .setting)
        }
        let role = Role(arn: arn, sessionName: setting("AWS_ROLE_SESSION_NAME", "role_session_name"))
        let sts = try settings.sts(for: role, keys: nil, on: ground)
        return try await WebIdentityKeys(role: role, tokenFile: file, sts: sts).find()
    }

    private func setting(_ variable: String, _ name: String) -> String? {
        (readsEnvironment ? settings.environment[variable] : nil) ?? profile[name]
    }
}

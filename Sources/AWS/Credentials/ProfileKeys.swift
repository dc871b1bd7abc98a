/// Keys that stand in a profile, in one of its two files.
struct ProfileKeys: KeyProvider {
    /// The profile's name.
    let name: String
    /// What stands in the file under that name.
    let settings: [String: ConfigFile.Entry]
    /// Which file, for people.
    let file: String

    func find() async throws(AWSError) -> Finding {
        let place = "profile '\(name)' in the \(file) file"
        guard let id = settings["aws_access_key_id"]?.text else {
            return .absent("the \(file) file has no keys for profile '\(name)'")
        }
        guard let secret = settings["aws_secret_access_key"]?.text else {
            throw .keys(at: place, "aws_access_key_id stands there without aws_secret_access_key")
        }
        let token = settings["aws_security_token"]?.text ?? settings["aws_session_token"]?.text
        return .found(try AccessKeys(checking: id, secret: secret, sessionToken: token, origin: place))
    }
}

/// A named set of settings of `~/.aws/config` and `~/.aws/credentials`.
struct Profile: Sendable {
    /// Its name.
    let name: String
    /// Its settings, those of both files together; the credentials file's win.
    var settings: [String: ConfigFile.Entry]
    /// The keys that stand in the credentials file under this name, apart: they come before a process' keys.
    var sharedKeys: [String: ConfigFile.Entry] = [:]
    /// The settings of the configuration file alone.
    var ownKeys: [String: ConfigFile.Entry] = [:]

    /// A setting's text; an empty one counts as none.
    subscript(name: String) -> String? {
        settings[name]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether it is a role that is taken on with other keys.
    var isRole: Bool { self["role_arn"] != nil && self["web_identity_token_file"] == nil }

    /// Whether keys stand in it.
    var holdsKeys: Bool { self["aws_access_key_id"] != nil || self["aws_secret_access_key"] != nil }
}

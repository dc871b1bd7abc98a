import FoundationEssentials

extension Login {
    /// The credentials of HTTP's Basic scheme (RFC 7617), where this login has a name and a password.
    var basicToken: String? {
        guard case .basic(let username, let password) = self else { return nil }
        return Data("\(username):\(password.reveal())".utf8).base64EncodedString()
    }

    /// Says what keeps this login from standing in a field: no colon in a user name, no space in a token.
    var flaw: String? {
        switch self {
        case .anonymous: nil
        case .basic(let username, _):
            username.utf8.contains(UInt8(ascii: ":")) ? "a user name for Basic can't hold ':'" : nil
        case .bearer(let token), .identityToken(let token):
            Self.isVisible(token.reveal())
                ? nil : "the token is empty or holds a space or a control character"
        }
    }

    /// True of what may stand in a field after `Bearer `.
    static func isVisible(_ token: String) -> Bool {
        !token.isEmpty && token.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

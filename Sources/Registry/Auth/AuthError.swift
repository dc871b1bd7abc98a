import HTTP

/// An authentication that led nowhere.
public struct AuthError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public var kind: Kind
    /// The registry's name.
    public var host: String
    /// What was tried, why it failed and what to do, without any secret.
    public var detail: String

    /// Describes an authentication that failed.
    public init(_ kind: Kind, at host: String, detail: String) {
        self.kind = kind
        self.host = host
        self.detail = detail
    }

    /// What can go wrong between a 401 and an answer.
    public enum Kind: String, Sendable, Hashable {
        /// What we have was refused, or we have nothing.
        case denied
        /// The login could not be found.
        case noLogin
        /// The token server is none that a secret may be sent to.
        case untrustedRealm
        /// The registry wants a kind of authentication that we don't have.
        case unsupported
        /// The challenge, or the token server's answer, is not what it should be.
        case malformed
        /// The token server can't be reached, or has no time for us.
        case unavailable
        /// The connection to the token server is not trusted.
        case insecure
        /// The task was cancelled.
        case cancelled
    }

    /// True of what may go well another time.
    public var isTransient: Bool { kind == .unavailable }

    /// One line for people.
    public var description: String {
        host.isEmpty ? "cannot authenticate: \(detail)" : "cannot authenticate at \(host): \(detail)"
    }
}

extension AuthError: Abandonable {
    static var abandoned: AuthError { AuthError(.cancelled, at: "", detail: "cancelled") }
    var isAbandoned: Bool { kind == .cancelled }
}

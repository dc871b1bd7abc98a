/// A login that could not be found or used.
public struct LoginError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public var kind: Kind
    /// The host that the login was for; empty where it does not matter.
    public var host: String
    /// What failed and what to do about it, without any secret.
    public var detail: String

    /// Describes a login that could not be found.
    public init(_ kind: Kind, for host: String, detail: String) {
        self.kind = kind
        self.host = host
        self.detail = detail
    }

    /// What can go wrong on the way to a login.
    public enum Kind: String, Sendable, Hashable {
        /// There is no such file, variable or program.
        case missing
        /// It is there but can't be read.
        case unreadable
        /// It is not written as it should be.
        case malformed
        /// It is larger than any login.
        case tooLarge
        /// A credential helper failed.
        case helperFailed
        /// A credential helper took too long.
        case timedOut
        /// The credential is not meant for this host.
        case forbiddenHost
        /// The task was cancelled.
        case cancelled
    }

    /// True of what may go well another time without anybody's doing.
    public var isTransient: Bool { kind == .timedOut }

    /// One line for people.
    public var description: String {
        host.isEmpty ? "cannot get a login: \(detail)" : "cannot get a login for \(host): \(detail)"
    }
}

extension LoginError: Abandonable {
    static var abandoned: LoginError { LoginError(.cancelled, for: "", detail: "cancelled") }
    var isAbandoned: Bool { kind == .cancelled }
}

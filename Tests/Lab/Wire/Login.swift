import Foundation

/// A user's name and password.
public struct Login: Hashable, Sendable {
    /// The name.
    public let user: String
    /// The password.
    public let password: String

    /// Pairs a name with a password.
    public init(_ user: String, _ password: String) {
        self.user = user
        self.password = password
    }

    /// One that a registry with `passwords` lets in.
    public static let captain = Login("captain", "fair-winds")
    /// Another that a registry with `passwords` lets in.
    public static let bosun = Login("bosun", "short-rope")

    /// `user:password` in base 64, as docker's `config.json` keeps it.
    public var encoded: String { Data("\(user):\(password)".utf8).base64EncodedString() }

    /// The value of an Authorization field.
    public var basic: String { "Basic " + encoded }

    /// A docker `config.json` that holds this login for some hosts.
    public func dockerConfig(for hosts: String...) -> String {
        let entries = hosts.map { #""\#($0)":{"auth":"\#(encoded)"}"# }.joined(separator: ",")
        return #"{"auths":{\#(entries)}}"#
    }
}

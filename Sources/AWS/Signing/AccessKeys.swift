import Registry

/// What requests to AWS are signed with.
///
/// It prints where it comes from and nothing else: a key's id is not secret by itself, but belongs in no log either.
public struct AccessKeys: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The id that goes over the wire with each signature.
    public var id: String
    /// What the signature is made with; it goes over no wire.
    public var secret: Secret
    /// What temporary keys must be sent with.
    public var sessionToken: Secret?
    /// When temporary keys end, in seconds since 1970; `nil`: never.
    public var expiry: Int64?
    /// Where they were found, for people: "the environment", "profile 'china'".
    public var origin: String

    /// Puts keys together.
    public init(
        id: String, secret: Secret, sessionToken: Secret? = nil, expiry: Int64? = nil, origin: String
    ) {
        self.id = id
        self.secret = secret
        self.sessionToken = sessionToken
        self.expiry = expiry
        self.origin = origin
    }

    /// `keys from the environment`
    public var description: String { "keys from \(origin)" }

    /// A mirror without a child, so that `dump` finds nothing.
    public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}

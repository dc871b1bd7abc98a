import HTTP

/// Where a registry sends us for tokens.
struct Realm: Hashable, Sendable {
    /// The token server's address.
    var address: Address
    /// The name that the registry goes by there.
    var service: String?
}

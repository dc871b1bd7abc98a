/// A registry of Amazon ECR, by what AWS knows it by.
public struct ECRDeclaration: Sendable, Hashable {
    /// The account whose registry it is, twelve digits; `nil`: that of the credential.
    public var account: String?
    /// The region that it stands in.
    public var region: String
    /// It is spoken to at the addresses of FIPS.
    public var isFIPS: Bool
    /// It is spoken to at the addresses that know IPv6.
    public var isDualStack: Bool
    /// The keys that write may belong to another account, which the repositories' policies let in.
    public var isCrossAccount: Bool

    /// Names a registry of ECR.
    public init(
        account: String? = nil, region: String, isFIPS: Bool = false, isDualStack: Bool = false,
        isCrossAccount: Bool = false
    ) {
        self.account = account
        self.region = region
        self.isFIPS = isFIPS
        self.isDualStack = isDualStack
        self.isCrossAccount = isCrossAccount
    }
}

/// Where davit connects to, in place of the addresses that AWS's own tables give.
public struct EndpointDeclaration: Sendable, Hashable {
    /// The URL of the API.
    public var api: String?
    /// The URL of the registry.
    public var registry: String?

    /// Names other addresses; none: those of AWS.
    public init(api: String? = nil, registry: String? = nil) {
        self.api = api
        self.registry = registry
    }
}

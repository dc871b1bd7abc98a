/// A place that holds images, as a manifest describes it.
public struct RegistryDeclaration: Sendable, Hashable {
    /// Its `metadata.name`, or the host, where a rule names a host directly.
    public var name: String
    /// Where it is: `registry.example.com` or `localhost:5000`; Docker Hub's other names become `docker.io`.
    public var host: String
    /// Which secrets open it, tried in order; empty: the default chain (the user's Docker configuration, else
    /// nothing).
    public var credentials: [CredentialUse]
    /// How the connection is secured.
    public var tls: TLSDeclaration
    /// Requests under way at once.
    public var concurrency: Int
    /// Blobs of more bytes are sent in pieces of so many; `nil`: whole.
    public var chunkSize: Int64?

    /// Describes a registry; everything but its host has the manual's default.
    public init(
        name: String, host: String, credentials: [CredentialUse] = [], tls: TLSDeclaration = TLSDeclaration(),
        concurrency: Int = 32, chunkSize: Int64? = nil
    ) {
        self.name = name
        self.host = host
        self.credentials = credentials
        self.tls = tls
        self.concurrency = concurrency
        self.chunkSize = chunkSize
    }
}

/// Which credential opens which repositories.
public struct CredentialUse: Sendable, Hashable {
    /// The repositories it is used for; empty: all.
    public var paths: [Glob]
    /// The name of the credential.
    public var credential: String

    /// Uses a credential for some repositories.
    public init(paths: [Glob] = [], credential: String) {
        self.paths = paths
        self.credential = credential
    }
}

/// How connections to a registry are secured. Paths are absolute.
public struct TLSDeclaration: Sendable, Hashable {
    /// Certificates to be trusted besides the system's.
    public var caFile: String?
    /// The certificate that davit shows.
    public var clientCertificate: String?
    /// The key of that certificate.
    public var clientKey: String?
    /// Speak plain HTTP; `nil`: only to loopback addresses.
    public var plainHTTP: Bool?
    /// Trust any certificate.
    public var insecureSkipVerify: Bool

    /// The defaults: the system's certificates, checked.
    public init(
        caFile: String? = nil, clientCertificate: String? = nil, clientKey: String? = nil,
        plainHTTP: Bool? = nil,
        insecureSkipVerify: Bool = false
    ) {
        self.caFile = caFile
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
        self.plainHTTP = plainHTTP
        self.insecureSkipVerify = insecureSkipVerify
    }
}

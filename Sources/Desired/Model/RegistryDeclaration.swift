/// A place that holds images, as a manifest describes it.
public struct RegistryDeclaration: Sendable, Hashable {
    /// Its `metadata.name`, or the host, where a rule names a host directly.
    public var name: String
    /// Where it is: `registry.example.com` or `localhost:5000`; Docker Hub's other names become `docker.io`.
    /// Empty where it is a folder, and of a registry of ECR until someone knows its host.
    public var host: String
    /// The folder of image layouts that it is: an absolute path, links resolved.
    public var layout: String?
    /// Which secrets open it, tried in order; empty: the default chain (the user's Docker configuration, else
    /// nothing).
    public var credentials: [CredentialUse]
    /// How the connection is secured.
    public var tls: TLSDeclaration
    /// How much it may be asked.
    public var limits: RegistryLimits
    /// Blobs of more bytes are sent in pieces of so many; `nil`: whole.
    public var chunkSize: Int64?
    /// The registry of Amazon ECR that it is.
    public var ecr: ECRDeclaration?
    /// It is Amazon's public registry.
    public var isECRPublic = false
    /// Where davit connects to, where that is not what the names say.
    public var endpoints = EndpointDeclaration()
    /// How repositories are created here that are missing; `nil`: nothing is said.
    public var createRepositories: RepositorySettings?

    /// Describes a registry; everything but its host has the manual's default.
    public init(
        name: String, host: String, credentials: [CredentialUse] = [], tls: TLSDeclaration = TLSDeclaration(),
        limits: RegistryLimits = RegistryLimits(), chunkSize: Int64? = nil
    ) {
        self.name = name
        self.host = host
        self.credentials = credentials
        self.tls = tls
        self.limits = limits
        self.chunkSize = chunkSize
    }

    /// Describes a folder of image layouts.
    public init(name: String, layout: String) {
        self.init(name: name, host: "")
        self.layout = layout
    }

    /// Describes a registry of Amazon ECR, whose host someone else knows.
    public init(name: String, ecr: ECRDeclaration) {
        self.init(name: name, host: "")
        self.ecr = ecr
    }

    /// What tells it from other places, in plans and messages: its host; of a folder `layout:` and the folder; of a
    /// registry of ECR whose host is not known yet `ecr:`, its account and region.
    public var place: String {
        if let layout { return "layout:" + layout }
        guard let ecr, host.isEmpty else { return host }
        return "ecr:\(ecr.account ?? ""):\(ecr.region)"
    }

    /// What `{registry}` stands for: its host; where it has none, its name.
    public var label: String { host.isEmpty ? name : host }
}

/// How much a registry may be asked.
public struct RegistryLimits: Sendable, Hashable {
    /// Requests under way at once.
    public var concurrency = 32
    /// Requests a second; `nil`: no limit.
    public var requestsPerSecond: Int?
    /// Bytes a second, over all bodies in both directions; `nil`: no limit.
    public var bandwidth: Int64?
    /// What of a quota of pulls is left to others.
    public var reserve = Reserve.percent(10)

    /// A part of a quota.
    public enum Reserve: Sendable, Hashable {
        /// So many hundredths of it.
        case percent(Int)
        /// So many pulls.
        case pulls(Int)
    }

    /// So many processes share what the registry bears.
    public var parts = 1

    /// The manual's defaults.
    public init() {}
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

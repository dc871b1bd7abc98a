import HTTP
import HTTPTypes
import Logging
import OCI

/// A registry that speaks the OCI distribution API (distribution-spec 1.1) or Docker's registry API.
public final class DistributionClient: Backend, ComparingBackend {
    /// The name that manifests and plans use: `docker.io`, `registry.example.com`, `localhost:5000`.
    public let place: String
    let origin: Origin
    let transport: any Transport
    let authorizer: Authorizer
    let settings: Settings
    /// How much of it may be asked at once, and whether it answers at all.
    let turnstile: Turnstile
    /// The ceiling on requests a second, where there is one.
    let metronome: Metronome?
    /// The line that all bodies share, where it has a ceiling.
    let line: Line?
    let largeBlobs = Slots(limit: LargeBlobs.most)
    let traits = RegistryTraits()
    let logger: Logger

    /// How a registry is spoken to. Every default is the manual's.
    public struct Settings: Sendable {
        /// How connections are secured.
        public var security = Security()
        /// How long silence is borne.
        public var patience = Patience()
        /// Requests under way at once.
        public var concurrency = 32
        /// Blobs of more bytes go up in pieces of so many; `nil`: whole, where the registry takes them so.
        public var chunkSize: Int64?
        /// Where uploads of large blobs are noted while they are under way; `nil`: nowhere.
        public var journal: (any UploadJournal)?
        /// Of an upload that broke, the registry knows how far it has come; else the blob begins anew.
        public var resumes = true
        /// How fast manifests may be put, where the registry bounds that by itself; `nil`: as fast as all else.
        public var putPace: (any SendingPace)?
        /// When a failed request is sent again.
        public var retry = RetryPolicy()
        /// The rights asked for beside pulling: false where nothing is to be written.
        public var writes = true
        /// Requests a second at most; `nil`: as many as the registry bears.
        public var requestsPerSecond: Int?
        /// Bytes a second at most, over all bodies in both directions; `nil`: no ceiling.
        public var bandwidth: Int64?
        /// What of a quota of pulls is left to others.
        public var reserve = PullReserve.percent(10)
        /// What time it is, and how waits are spent.
        public var time = Timekeeper.system

        /// The defaults.
        public init() {}
    }

    /// Speaks to a registry.
    ///
    /// - Parameters:
    ///   - place: its canonical name.
    ///   - origin: where its API really is; see `Origin.api(of:plainHTTP:)`.
    ///   - authorizer: what proves who we are.
    public init(
        place: String, origin: Origin, transport: any Transport, authorizer: Authorizer, settings: Settings,
        logger: Logger
    ) {
        self.place = place
        self.origin = origin
        self.transport = transport
        self.authorizer = authorizer
        self.settings = settings
        self.logger = logger
        turnstile = Turnstile(
            limit: settings.concurrency, reserve: settings.reserve, longestPause: settings.retry.longestAsked,
            time: settings.time)
        line = settings.bandwidth.map { Line(name: place, bytesPerSecond: $0) }
        metronome = settings.requestsPerSecond.map { Metronome(perSecond: $0, time: settings.time) }
    }

    /// The rights that a request on a repository is made with: one token serves reading and writing.
    func scopes(_ repository: RepositoryName, mounting neighbour: RepositoryName? = nil) -> Set<Scope> {
        var scopes: Set<Scope> = [settings.writes ? .push(repository) : .pull(repository)]
        if let neighbour { scopes.insert(.pull(neighbour)) }
        return scopes
    }

    /// The address of something below a repository.
    func address(_ repository: RepositoryName, _ rest: String) -> Address {
        Address(origin: origin, target: "/v2/\(repository)/\(rest)")
    }
}

extension Origin {
    /// Where the API of a registry is that manifests call by this name.
    ///
    /// Docker Hub's API has another host than its name. Loopback speaks plain HTTP unless told otherwise.
    public static func api(of place: String, plainHTTP: Bool?) throws(AddressError) -> Origin {
        if place == "docker.io" { return Origin(isSecure: true, host: "registry-1.docker.io") }
        let probe = try Address("https://" + place).origin
        return Origin(
            isSecure: !(plainHTTP ?? probe.isLoopback), host: probe.host,
            port: place.last(where: { $0 == ":" || $0 == "]" }) == ":" ? probe.port : nil)
    }
}

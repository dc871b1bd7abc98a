import HTTP
import Registry

/// A way into AWS: whose keys, and from which settings.
///
/// One session a credential: its clients share keys, which are renewed once for all of them, and the pace of each
/// action.
public struct AWSSession: Sendable {
    /// What requests are signed with.
    public let keys: any KeySource
    let settings: AWSSettings
    let ground: AWSGround

    /// A session with keys from wherever AWS's own tools would find them: environment, profile, web identity, container,
    /// instance.
    ///
    /// Nothing is asked of anybody before keys are wanted. Throws where the profiles' files can't be read.
    ///
    /// - Parameters:
    ///   - profile: a profile's name; then the environment's keys are not looked at.
    public init(_ environment: LoginEnvironment, profile: String? = nil, on ground: AWSGround)
        throws(AWSError)
    {
        let settings = try AWSSettings(environment, profile: profile)
        let apart = ground.apart()
        self.settings = settings
        self.ground = apart
        keys = RefreshedKeys(DefaultChain(settings, on: apart).provider, clock: apart.clock)
    }

    private init(_ keys: any KeySource, _ settings: AWSSettings, _ ground: AWSGround) {
        (self.keys, self.settings, self.ground) = (keys, settings, ground)
    }

    /// The same settings with other keys.
    public func with(_ keys: any KeySource) -> AWSSession { AWSSession(keys, settings, ground.apart()) }

    /// A session in a role, which is taken on with this session's keys.
    ///
    /// - Parameter region: whose STS is asked; else the settings' own, or one of the role's partition.
    public func assuming(_ role: Role, region: Region? = nil) throws(AWSError) -> AWSSession {
        let place = "role \(role.arn.printable(atMost: 200))"
        try role.check(at: place)
        let sts = try settings.sts(for: role, region: region, keys: keys, on: ground)
        let keys = RefreshedKeys(RoleKeys(role: role, sts: sts), place: place, clock: ground.clock)
        return AWSSession(keys, settings, ground.apart())
    }

    /// The region of the environment or the profile.
    public func region() throws(AWSError) -> Region? { try settings.region() }

    /// A client of a service.
    ///
    /// - Parameters:
    ///   - region: where; else the settings' own, which must be there then.
    ///   - choice: which form of endpoints; else the settings' own.
    ///   - api: where we connect instead; the environment's `AWS_ENDPOINT_URL…` where this is `nil`.
    ///   - security: how connections are secured; else the settings' own.
    public func client(
        _ service: Service, in region: Region? = nil, choice: EndpointChoice? = nil, api: Address? = nil,
        security: Security? = nil
    ) throws(AWSError) -> AWSClient {
        var region = region
        if region == nil { region = try settings.region() }
        guard let region else {
            throw AWSError(
                .setting, at: service.name, while: "find its endpoint",
                detail: "no region is said; name one, or set AWS_REGION")
        }
        return AWSClient(
            service, at: try settings.endpoint(of: service, in: region, choice: choice, api: api), keys: keys,
            on: ground, security: security ?? settings.security)
    }

    /// Whose keys these are.
    ///
    /// - Parameter region: whose STS is asked; else the settings' own.
    public func caller(in region: Region? = nil) async throws(AWSError) -> CallerIdentity {
        try await STS(client: client(.sts, in: region)).caller()
    }
}

extension AWSSettings {
    /// The Security Token Service that gives keys of a role: keys of one partition are unknown in all others.
    func sts(for role: Role, region: Region? = nil, keys: (any KeySource)?, on ground: AWSGround)
        throws(AWSError) -> STS
    {
        let partition = Partition(ofARN: role.arn) ?? .aws
        var wanted = region
        if wanted == nil { wanted = try self.region() }
        if wanted?.partition != partition { wanted = nil }
        let endpoint = try endpoint(of: .sts, in: wanted ?? Region(globalOf: partition))
        return STS(client: AWSClient(.sts, at: endpoint, keys: keys, on: ground, security: security))
    }
}

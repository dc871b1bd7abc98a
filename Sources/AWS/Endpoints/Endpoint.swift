import HTTP

/// Where a service is spoken to, and what its requests are signed for.
public struct Endpoint: Hashable, Sendable {
    /// Where; its path is in front of that of each request.
    public var address: Address
    /// The region in signatures.
    public var signingRegion: String

    /// Names an endpoint.
    public init(address: Address, signingRegion: String) {
        self.address = address
        self.signingRegion = signingRegion
    }

    /// The endpoint that AWS's rules give a service in a region.
    ///
    /// The same as botocore's for every service, region and choice that it knows; a test compares them.
    public init(of service: Service, in region: Region, _ choice: EndpointChoice = EndpointChoice()) {
        // The one global endpoint among these services; it has neither of the other forms.
        if service == .sts, region.description == "aws-global", choice == EndpointChoice() {
            self.init(host: "sts.amazonaws.com", signingRegion: Partition.aws.globalRegion)
            return
        }
        let partition = region.partition
        let isPlain = choice.isFIPS && Self.isFIPSByPlainName(service, region, choice)
        let label = service.name + (choice.isFIPS && !isPlain ? "-fips" : "")
        let suffix =
            choice.isDualStack && Self.hasDualStackName(service, partition, choice)
            ? partition.dualStackSuffix : partition.suffix
        let front = Self.hasFrontLabel(service, partition, choice) ? "api." : ""
        self.init(
            host: "\(front)\(label).\(region).\(suffix)", signingRegion: region.description)
    }

    private init(host: String, signingRegion: String) {
        self.init(
            address: Address(origin: Origin(isSecure: true, host: host), target: "/"),
            signingRegion: signingRegion)
    }

    /// Some services' ordinary names in the government's regions are FIPS endpoints, and there are no others.
    private static func isFIPSByPlainName(_ service: Service, _ region: Region, _ choice: EndpointChoice)
        -> Bool
    {
        guard region.partition == .government, !choice.isDualStack else { return false }
        if service == .sns { return ["us-gov-east-1", "us-gov-west-1"].contains(region.description) }
        return service == .ssm || service == .sts || service == .dynamoDB
    }

    /// Secrets Manager has IPv6 addresses under its ordinary names in the oldest partitions.
    private static func hasDualStackName(
        _ service: Service, _ partition: Partition, _ choice: EndpointChoice
    ) -> Bool {
        guard service == .secretsManager else { return true }
        if partition == .china { return choice.isFIPS }
        return partition != .aws && partition != .government
    }

    /// The registries' APIs are called `api.…`, but for most of their dual-stack names.
    private static func hasFrontLabel(_ service: Service, _ partition: Partition, _ choice: EndpointChoice)
        -> Bool
    {
        if service == .ecr { return !choice.isDualStack }
        guard service == .ecrPublic else { return false }
        return !(choice.isDualStack && !choice.isFIPS && partition == .aws)
    }
}

/// Which of an endpoint's forms is wanted.
public struct EndpointChoice: Hashable, Sendable {
    /// With cryptography that is validated under FIPS 140.
    public var isFIPS: Bool
    /// With IPv6 addresses, too.
    public var isDualStack: Bool

    /// The ordinary form, or another.
    public init(isFIPS: Bool = false, isDualStack: Bool = false) {
        self.isFIPS = isFIPS
        self.isDualStack = isDualStack
    }
}

/// The name of an account's private registry in a region, as it stands in image references.
///
/// It is the registry's name also where we connect to another host: in plans, in a credential's `hosts`, in ledgers.
public struct RegistryName: Hashable, Sendable, CustomStringConvertible {
    /// The account: twelve digits.
    public let account: String
    /// The region.
    public let region: Region
    /// Which form of the name it is.
    public let choice: EndpointChoice

    /// The name of an account's registry; `nil` where the account is none.
    public init?(account: String, region: Region, _ choice: EndpointChoice = EndpointChoice()) {
        guard account.utf8.count == 12,
            account.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        (self.account, self.region, self.choice) = (account, region, choice)
    }

    /// Reads a host; `nil` where it is no such registry's.
    public init?(host: String) {
        let host = host.lowercased()
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 5 else { return nil }
        let isDualStack = parts[1] != "dkr"
        let label = isDualStack ? parts[1].dropFirst("dkr-".count) : parts[2][...]
        guard let region = try? Region(parts[isDualStack ? 2 : 3]) else { return nil }
        let choice = EndpointChoice(isFIPS: label == "ecr-fips", isDualStack: isDualStack)
        self.init(account: parts[0], region: region, choice)
        // Whatever else is in the name must be just what this region's has.
        guard description == host else { return nil }
    }

    /// `123456789012.dkr.ecr.eu-west-1.amazonaws.com`
    public var description: String {
        let label = choice.isFIPS ? "ecr-fips" : "ecr"
        return choice.isDualStack
            ? "\(account).dkr-\(label).\(region).\(dualStackSuffix)"
            : "\(account).dkr.\(label).\(region).\(region.partition.suffix)"
    }

    /// Registries' dual-stack names begin with `on.` where those of APIs begin with `api.`.
    private var dualStackSuffix: String { "on." + region.partition.dualStackSuffix.dropFirst("api.".count) }
}

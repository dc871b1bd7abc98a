/// A part of AWS with its own accounts, names and keys: they are not known in any other.
///
/// All eight, from the partitions that AWS publishes with its endpoint rules.
public struct Partition: Hashable, Sendable {
    /// Its name, as it stands in ARNs: `aws-cn`.
    public let id: String
    /// What its host names end with: `amazonaws.com.cn`.
    public let suffix: String
    /// What those names end with that have IPv6 addresses, too: `api.amazonwebservices.com.cn`.
    public let dualStackSuffix: String
    /// Where its global services are signed for.
    public let globalRegion: String
    /// How its regions' names begin; a word and a number follow.
    let prefixes: [String]

    /// All of them, `aws` first.
    public static let all = [
        aws, china, government,
        Partition("aws-iso", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1", ["us-iso"]),
        Partition("aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1", ["us-isob"]),
        Partition("aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1", ["eu-isoe"]),
        Partition("aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1", ["us-isof"]),
        Partition(
            "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1", ["eusc-de"]),
    ]

    /// The one that most of the world is in.
    static let aws = Partition(
        "aws", "amazonaws.com", "api.aws", "us-east-1",
        ["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"])
    /// China's.
    static let china = Partition(
        "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1", ["cn"])
    /// That of the government of the United States.
    static let government = Partition(
        "aws-us-gov", "amazonaws.com", "api.aws", "us-gov-west-1", ["us-gov"])

    /// The partition of a region; a name of a form that nobody knows yet counts as `aws`, as AWS's own tools do.
    init(ofRegion name: String) {
        self = Self.all.first { $0.holds(name) } ?? Self.aws
    }

    /// The partition that an ARN names: `arn:aws-cn:iam::123456789012:role/x`.
    init?(ofARN arn: String) {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 6, parts[0] == "arn", let found = Self.all.first(where: { $0.id == parts[1] })
        else { return nil }
        self = found
    }

    private init(
        _ id: String, _ suffix: String, _ dualStackSuffix: String, _ globalRegion: String,
        _ prefixes: [String]
    ) {
        (self.id, self.suffix, self.dualStackSuffix) = (id, suffix, dualStackSuffix)
        (self.globalRegion, self.prefixes) = (globalRegion, prefixes)
    }

    private func holds(_ name: String) -> Bool {
        if name == id + "-global" { return true }
        return prefixes.contains { prefix in
            guard name.hasPrefix(prefix + "-") else { return false }
            let rest = name.dropFirst(prefix.count + 1).split(
                separator: "-", omittingEmptySubsequences: false)
            return rest.count == 2 && !rest[0].isEmpty && !rest[1].isEmpty
                && rest[1].utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
    }
}

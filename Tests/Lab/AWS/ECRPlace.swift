/// One account's registry in one region.
public struct ECRPlace: Hashable, Sendable {
    /// The account's twelve digits.
    public var account: String
    /// The region's name.
    public var region: String

    /// ECR Public's one registry, for `adopt`, `fill`, `contents` and the like.
    public static let everybodys = ECRPlace("public", "us-east-1")

    /// Names a place.
    public init(_ account: String, _ region: String) {
        self.account = account
        self.region = region
    }
}

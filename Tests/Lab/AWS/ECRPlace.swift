/// One account's registry in one region.
public struct ECRPlace: Hashable, Sendable {
    /// The account's twelve digits.
    public var account: String
    /// The region's name.
    public var region: String

    /// Names a place.
    public init(_ account: String, _ region: String) {
        self.account = account
        self.region = region
    }
}

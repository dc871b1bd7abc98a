/// Where the list of images is found that a rule copies besides its `images`.
public enum ImageList: Sendable, Hashable {
    /// A file: its text, as it was when the manifest was read, and its path. The rule's `images` hold its entries.
    case file(text: String, path: String)
    /// A parameter of AWS Systems Manager, opened by the credential `via` (`nil`: AWS's default chain). Whoever
    /// reads it adds its entries with `Replication.adding(list:from:)`.
    case parameter(name: String, region: String?, via: String?)
}

/// A table of DynamoDB that a record of each image is written to.
public struct StatusTable: Sendable, Hashable {
    /// The name of the table.
    public var name: String
    /// The region that it stands in; `nil`: that of the credential or the environment.
    public var region: String?
    /// The Credential that opens it; `nil`: AWS's default chain.
    public var via: String?

    /// Names a table.
    public init(name: String, region: String? = nil, via: String? = nil) {
        self.name = name
        self.region = region
        self.via = via
    }
}

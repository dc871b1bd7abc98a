import OCI

/// An upload that was begun and not ended: what it takes to go on with it after a restart.
public struct OpenUpload: Sendable, Hashable {
    /// The registry's host.
    public var place: String
    /// The repository that the blob goes to.
    public var repository: RepositoryName
    /// The blob.
    public var digest: Digest
    /// Its size.
    public var size: Int64
    /// Where the registry wants the rest.
    public var location: String
    /// Whose it is: a word of the one who wrote it.
    public var owner: String
    /// When its owner last said that it is there, in seconds since 1970; the store sets it.
    public var touched: Int64

    /// Describes an upload.
    public init(
        place: String, repository: RepositoryName, digest: Digest, size: Int64, location: String,
        owner: String, touched: Int64 = 0
    ) {
        self.place = place
        self.repository = repository
        self.digest = digest
        self.size = size
        self.location = location
        self.owner = owner
        self.touched = touched
    }

    /// False where the location lets anybody in who has it: signed links and tokens are secrets, and are not
    /// kept. (A registry's own `_state` is none: who uses it must show a login besides.)
    public var mayBeKept: Bool {
        guard let scheme = location.firstRange(of: "://") else { return !Self.opensDoors(location) }
        let authority = location[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return !authority.contains("@") && !Self.opensDoors(location)
    }

    private static func opensDoors(_ location: String) -> Bool {
        guard let mark = location.firstIndex(of: "?") else { return false }
        return location[location.index(after: mark)...].split(separator: "&").contains { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].lowercased()
            let value = parts.count > 1 ? parts[1] : ""
            return doorWords.contains { name.contains($0) } || name == "sig" || value.hasPrefix("eyJ")
        }
    }

    /// What the names of query parts hold that let somebody in.
    private static let doorWords = [
        "token", "signature", "credential", "password", "secret", "apikey", "api_key", "auth", "jwt",
    ]
}

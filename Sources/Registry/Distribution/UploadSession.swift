import HTTP
import OCI

/// An upload that a registry has opened (distribution-spec, "Pushing blobs").
public struct UploadSession: Sendable {
    /// Where it goes on; every answer names a new one, and only the last is good.
    public var location: Address
    /// How many bytes the registry has.
    public var offset: Int64 = 0
    /// The smallest piece that it takes, but for the last.
    public var smallestPiece: Int64?
    let repository: RepositoryName
}

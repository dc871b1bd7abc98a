import OCI

/// Remembers the uploads that are under way, so that a process that comes after this one can go on with them.
///
/// An upload that another living process works at is none of ours: it is neither told nor touched.
public protocol UploadJournal: Sendable {
    /// An upload of a blob that was begun and that nobody works at.
    func upload(of blob: Digest, in repository: RepositoryName, at place: String) async -> LeftUpload?

    /// All uploads at a registry that nobody works at.
    func uploads(at place: String) async -> [LeftUpload]

    /// Notes an upload of ours, and where it now goes on. It is kept once this returns: no more is sent before.
    ///
    /// So is one that was left taken up, which one process alone can do.
    ///
    /// - Returns: false where it is another's.
    @discardableResult func note(_ upload: LeftUpload, at place: String) async -> Bool

    /// Nobody works at an upload of ours any more, though it is not ended.
    func leave(_ blob: Digest, in repository: RepositoryName, at place: String) async

    /// An upload of ours is ended, or lost.
    func forget(_ blob: Digest, in repository: RepositoryName, at place: String) async
}

/// An upload that was begun and not ended.
public struct LeftUpload: Sendable, Hashable {
    /// Where the blob goes.
    public var repository: RepositoryName
    /// The blob.
    public var digest: Digest
    /// How many bytes it has.
    public var size: Int64
    /// Where the upload goes on.
    public var location: String

    /// Describes an upload.
    public init(repository: RepositoryName, digest: Digest, size: Int64, location: String) {
        self.repository = repository
        self.digest = digest
        self.size = size
        self.location = location
    }
}

/// A place that can end the uploads that were begun there and that nobody goes on with.
public protocol SweepingBackend: Backend {
    /// Ends those in repositories where nobody else may go on.
    func sweepUploads(in repositories: Set<RepositoryName>) async
}

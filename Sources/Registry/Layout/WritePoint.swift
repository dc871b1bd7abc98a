/// The moments of writing between which a program can end: what lies on disk at each must be the old or the new.
enum WritePoint: String, CaseIterable, Sendable {
    /// An empty draft of a blob is there.
    case blobBegun
    /// All bytes of a blob are in its draft.
    case blobWritten
    /// They will last.
    case blobSynced
    /// The blob is where it belongs.
    case blobPlaced
    /// The blob has a name in a second repository.
    case blobLinked
    /// The lock of the index is held.
    case locked
    /// The folder says that it is a layout.
    case marked
    /// The new index is in its draft.
    case indexWritten
    /// It will last.
    case indexSynced
    /// It is where it belongs.
    case indexPlaced
}

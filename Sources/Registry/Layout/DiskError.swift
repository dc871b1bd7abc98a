import Glibc

/// What a file system refused, or what was found in it that does not belong there.
struct DiskError: Error, Hashable, Sendable {
    /// What it is, as far as it decides what happens next.
    var kind: Kind
    /// For people: on what, and why.
    var detail: String

    enum Kind: Hashable, Sendable {
        /// The system refused: the disk is full, may not be written, or is broken.
        case storage
        /// Something is there that is not ours to follow or to overwrite: a link, a file for a folder.
        case foreign
        /// It is not there.
        case missing
        /// What is there is not what it should be.
        case malformed
        /// The bytes are not those of the digest.
        case wrongBytes
        /// Content that a manifest names is not there.
        case contentMissing
        /// It would be larger than what may be.
        case tooLarge
        /// Another program has held the lock for too long.
        case busy
    }

    init(_ kind: Kind, _ detail: String) { (self.kind, self.detail) = (kind, detail) }

    /// What a system call left in `errno`.
    static func system(_ path: String, _ code: Int32 = errno) -> DiskError {
        switch code {
        case ELOOP, ENOTDIR: DiskError(.foreign, "\(path) is a link or no folder, and is not followed")
        case ENOENT: DiskError(.missing, "\(path) is not there")
        default: DiskError(.storage, "\(path): \(String(cString: strerror(code)))" + hint(code))
        }
    }

    private static func hint(_ code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT: "; make room, then run the pass again: what is there is kept"
        case EACCES, EPERM, EROFS: "; davit must be able to write there"
        default: ""
        }
    }
}

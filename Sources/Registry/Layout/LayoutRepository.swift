import FoundationEssentials
import OCI

/// The folder that all repositories of a place are in.
struct LayoutRoot: Sendable, CustomStringConvertible {
    /// An absolute path without links.
    let path: String
    /// Makes what is in it last.
    let lasting: Lasting

    /// The path.
    var description: String { path }

    /// Opens it; `nil`: it is not there.
    func open() throws(DiskError) -> Folder? { try Folder.open(path, lasting: lasting) }
}

/// The open folder of one repository: an image layout, or what is to become one.
struct LayoutRepository: Sendable {
    let folder: Folder

    static let indexName = "index.json"
    static let markerName = "oci-layout"
    static let blobsName = "blobs"
    static let lockName = "lock"
    /// The largest manifest.
    static let largestManifest = 4 << 20

    /// Opens a repository below a root; `nil`: there is no such folder.
    static func open(_ name: RepositoryName, below root: LayoutRoot) throws(DiskError) -> LayoutRepository? {
        try check(name)
        guard var folder = try root.open() else { return nil }
        for part in name.description.split(separator: "/") {
            guard let next = try folder.folder(String(part)) else { return nil }
            folder = next
        }
        return LayoutRepository(folder: folder)
    }

    /// Opens a repository, its folders made where they are not there. What the root stands in must be there: an
    /// unmounted disk is not written into the folder that it would be mounted on.
    static func make(_ name: RepositoryName, below root: LayoutRoot) throws(DiskError) -> LayoutRepository {
        try check(name)
        var folder = try madeRoot(root)
        for part in name.description.split(separator: "/") { folder = try folder.madeFolder(String(part)) }
        return LayoutRepository(folder: folder)
    }

    private static func madeRoot(_ root: LayoutRoot) throws(DiskError) -> Folder {
        if let known = try root.open() { return known }
        let parts = root.path.split(separator: "/")
        let parent = "/" + parts.dropLast().joined(separator: "/")
        guard let last = parts.last, let folder = try Folder.open(parent, lasting: root.lasting) else {
            throw DiskError(
                .missing, "the folder \(parent) is not there; davit makes the last folder of the path alone")
        }
        return try folder.madeFolder(String(last))
    }

    /// A layout's own names can't be those of repositories inside it.
    private static func check(_ name: RepositoryName) throws(DiskError) {
        let own = [indexName, markerName, blobsName]
        guard let part = name.description.split(separator: "/").first(where: { own.contains(String($0)) })
        else { return }
        throw DiskError(
            .foreign, "'\(part)' is a name of the image layout's own, and can't be part of a repository's")
    }

    /// Whether it is a layout of the version that davit knows.
    func isLayout() throws(DiskError) -> Bool {
        struct Marker: Decodable { var imageLayoutVersion: String }
        guard let file = try folder.file(Self.markerName) else { return false }
        let bytes = try file.readAll(atMost: 64 << 10)
        // Half a file: another tool is making the layout.
        guard let marker = try? JSONDecoder().decode(Marker.self, from: Data(bytes)) else { return false }
        guard marker.imageLayoutVersion.hasPrefix("1.") else {
            throw DiskError(.malformed, "\(folder.path) is a layout of version \(marker.imageLayoutVersion)")
        }
        return true
    }

    // MARK: - Blobs

    private func blobFolder(_ digest: Digest) throws(DiskError) -> Folder? {
        try folder.folder(Self.blobsName)?.folder(digest.algorithm.rawValue)
    }

    /// The folder of a digest's blob, made where it is not there.
    func madeBlobFolder(_ digest: Digest) throws(DiskError) -> Folder {
        try folder.madeFolder(Self.blobsName).madeFolder(digest.algorithm.rawValue)
    }

    /// How large a blob is; `nil` where there is none. A file that was emptied, as a crash of another tool leaves
    /// it, is none.
    func size(of blob: Digest) throws(DiskError) -> Int64? {
        guard let facts = try blobFolder(blob)?.facts(blob.hex), facts.isPlain else { return nil }
        guard facts.size > 0 || blob == Digest(hashing: [], by: blob.algorithm) else { return nil }
        return facts.size
    }

    /// A blob, opened for reading.
    func file(of blob: Digest) throws(DiskError) -> DiskFile? { try blobFolder(blob)?.file(blob.hex) }

    /// A manifest's bytes; `nil` where they are not there.
    func manifestBytes(_ digest: Digest) throws(DiskError) -> [UInt8]? {
        try file(of: digest)?.readAll(atMost: Self.largestManifest)
    }

    /// The same where they are those of the digest; `nil` where they are not.
    func rightBytes(_ digest: Digest) throws(DiskError) -> [UInt8]? {
        guard let bytes = try manifestBytes(digest), Digest(hashing: bytes, by: digest.algorithm) == digest
        else { return nil }
        return bytes
    }

    func removeBlob(_ digest: Digest) throws(DiskError) { try blobFolder(digest)?.remove(digest.hex) }

    /// Makes the names of blobs last.
    func syncBlobs() throws(DiskError) {
        guard let blobs = try folder.folder(Self.blobsName) else { return }
        for algorithm in HashAlgorithm.allCases { try blobs.folder(algorithm.rawValue)?.sync() }
    }

    // MARK: - What davit keeps there for itself

    /// The folder of drafts and the lock.
    func ownFolder() throws(DiskError) -> Folder { try folder.madeFolder(Draft.folderName) }

    /// The lock on the index; `nil` while another has it.
    func lock() throws(DiskError) -> DiskFile? {
        let file = try ownFolder().openedFile(Self.lockName)
        return try file.lock() ? file : nil
    }

    /// Takes away what writers that died have left.
    func sweep() throws(DiskError) {
        if let own = try folder.folder(Draft.folderName) { try Draft.sweep(own) }
    }
}

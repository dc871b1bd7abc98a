/// A file that is not yet where it belongs. Whoever writes it holds a lock on it, so that a draft whose lock can be
/// had is one whose writer died.
struct Draft: Sendable {
    /// The folder of drafts and of the lock in each repository: no name of a repository begins so.
    static let folderName = ".davit"
    private static let suffix = ".part"

    let file: DiskFile
    private let name: String
    private let folder: Folder

    /// Makes an empty one.
    init(in folder: Folder) throws(DiskError) {
        for _ in 0..<16 {
            let name = String(UInt64.random(in: .min ... .max), radix: 36) + Self.suffix
            guard let file = try folder.newFile(name) else { continue }
            // A sweeper may have come between the making and the locking: then its lock, or its broom, tells.
            guard try file.lock(), try file.facts().links > 0 else { continue }
            (self.file, self.name, self.folder) = (file, name, folder)
            return
        }
        throw DiskError(.storage, "\(folder.path): no name for a new file is free")
    }

    /// Puts it where it belongs, over what is there.
    func place(in target: Folder, as newName: String) throws(DiskError) {
        try folder.rename(name, to: target, as: newName)
    }

    /// Takes it away; what can't be taken away now is swept up later.
    func discard() { try? folder.remove(name) }

    /// Takes the drafts away whose writers are gone.
    static func sweep(_ folder: Folder) throws(DiskError) {
        for name in try folder.names(atMost: 100_000) where name.hasSuffix(suffix) {
            guard let file = try folder.file(name), try file.lock() else { continue }
            try folder.remove(name)
        }
    }
}

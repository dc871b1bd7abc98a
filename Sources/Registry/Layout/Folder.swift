import Glibc

/// An open folder. What lies in it is reached by its name from here alone, and no link is ever followed: nothing
/// that changes on the way leads out of it.
final class Folder: Sendable {
    /// Where it is, for messages.
    let path: String
    private let descriptor: Int32
    private let lasting: Lasting

    private init(_ descriptor: Int32, _ path: String, _ lasting: @escaping Lasting) {
        (self.descriptor, self.path, self.lasting) = (descriptor, path, lasting)
    }

    deinit { close(descriptor) }

    private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    /// Opens a folder by an absolute path without links; `nil`: it is not there.
    ///
    /// - Parameter lasting: makes what is in it last.
    static func open(_ path: String, lasting: @escaping Lasting = { fsync($0) }) throws(DiskError) -> Folder?
    {
        let root = Glibc.open("/", flags)
        guard root >= 0 else { throw .system("/") }
        var folder = Folder(root, "", lasting)
        for name in path.split(separator: "/") {
            guard let next = try folder.folder(String(name)) else { return nil }
            folder = next
        }
        return folder
    }

    private func place(_ name: String) -> String { "\(path)/\(name)" }

    /// Opens a folder in this one; `nil`: it is not there.
    func folder(_ name: String) throws(DiskError) -> Folder? {
        let next = openat(descriptor, name, Self.flags)
        guard next < 0 else { return Folder(next, place(name), lasting) }
        guard errno == ENOENT else { throw .system(place(name)) }
        return nil
    }

    /// Opens a folder in this one, made where it is not there.
    func madeFolder(_ name: String) throws(DiskError) -> Folder {
        if let known = try folder(name) { return known }
        if mkdirat(descriptor, name, 0o755) == 0 {
            try sync()
        } else if errno != EEXIST {
            throw .system(place(name))
        }
        guard let made = try folder(name) else { throw DiskError(.missing, "\(place(name)) has gone away") }
        return made
    }

    /// Opens a plain file for reading; `nil`: it is not there.
    func file(_ name: String) throws(DiskError) -> DiskFile? {
        // A pipe would hold up whoever opens it.
        let next = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard next >= 0 else {
            guard errno == ENOENT else { throw .system(place(name)) }
            return nil
        }
        let file = DiskFile(next, place(name), lasting)
        guard try file.facts().isPlain else { throw DiskError(.foreign, "\(place(name)) is no plain file") }
        return file
    }

    /// Makes a file; `nil`: there is one of that name.
    func newFile(_ name: String) throws(DiskError) -> DiskFile? {
        let next = openat(descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard next < 0 else { return DiskFile(next, place(name), lasting) }
        guard errno == EEXIST else { throw .system(place(name)) }
        return nil
    }

    /// Opens a file for writing, made where it is not there.
    func openedFile(_ name: String) throws(DiskError) -> DiskFile {
        let next = openat(descriptor, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o644)
        guard next >= 0 else { throw .system(place(name)) }
        return DiskFile(next, place(name), lasting)
    }

    /// What is known of a name without opening it; `nil`: it is not there.
    func facts(_ name: String) throws(DiskError) -> FileFacts? {
        var facts = stat()
        guard fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else {
            guard errno == ENOENT else { throw .system(place(name)) }
            return nil
        }
        return FileFacts(facts)
    }

    /// The names in it, in no order; throws beyond the bound.
    func names(atMost most: Int) throws(DiskError) -> [String] {
        let copy = openat(descriptor, ".", Self.flags)
        guard copy >= 0 else { throw .system(path) }
        guard let stream = fdopendir(copy) else {
            close(copy)
            throw .system(path)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            names.append(name)
            guard names.count <= most else {
                throw DiskError(.malformed, "\(path) holds more than \(most) names")
            }
        }
        return names
    }

    /// Takes a file out; a missing one is no error.
    func remove(_ name: String) throws(DiskError) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else { throw .system(place(name)) }
    }

    /// Gives a file another place, over what is there.
    func rename(_ name: String, to folder: Folder, as newName: String) throws(DiskError) {
        guard renameat(descriptor, name, folder.descriptor, newName) == 0 else {
            throw .system(folder.place(newName))
        }
    }

    /// Gives a file a second name; returns the system's code, or 0.
    func link(_ name: String, to folder: Folder) -> Int32 {
        linkat(descriptor, name, folder.descriptor, name, 0) == 0 ? 0 : errno
    }

    /// Makes names last.
    func sync() throws(DiskError) {
        guard lasting(descriptor) == 0 else { throw .system(path) }
    }
}

/// What the system knows of a file.
struct FileFacts: Hashable, Sendable {
    var isPlain: Bool
    var isFolder: Bool
    var size: Int64
    /// How many names it has.
    var links: Int
    /// Changes whenever the content may have.
    var stamp: Stamp

    struct Stamp: Hashable, Sendable {
        var device: UInt64
        var number: UInt64
        var size: Int64
        var written: Int64
        var changed: Int64
    }

    init(_ facts: stat) {
        isPlain = facts.st_mode & S_IFMT == S_IFREG
        isFolder = facts.st_mode & S_IFMT == S_IFDIR
        size = Int64(facts.st_size)
        links = Int(facts.st_nlink)
        stamp = Stamp(
            device: UInt64(facts.st_dev), number: UInt64(facts.st_ino), size: Int64(facts.st_size),
            written: Self.nanoseconds(facts.st_mtim), changed: Self.nanoseconds(facts.st_ctim))
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

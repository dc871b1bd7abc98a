import FoundationEssentials
import Glibc

/// A small file that is read again whenever it changed, or was replaced behind a symbolic link.
actor WatchedFile<Content: Sendable> {
    /// What tells one state of a file from another.
    private struct Stamp: Equatable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var seconds: Int64
        var nanoseconds: Int64
    }

    private static var largest: Int64 { 1 << 20 }

    /// Where it is.
    nonisolated let path: String
    private let read: @Sendable ([UInt8]) throws(LoginError) -> Content
    private var last: (stamp: Stamp, content: Content)?

    /// Names a file and how its bytes are read.
    init(_ path: String, read: @escaping @Sendable ([UInt8]) throws(LoginError) -> Content) {
        self.path = path
        self.read = read
    }

    /// What the file holds now; `nil` where there is none.
    func content() throws(LoginError) -> Content? {
        guard let stamp = try stamp() else {
            last = nil
            return nil
        }
        if let last, last.stamp == stamp { return last.content }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw LoginError(.unreadable, for: "", detail: "\(path) can't be read; check its permissions")
        }
        guard data.count <= Self.largest else { throw tooLarge }
        let content = try read(Array(data))
        last = (stamp, content)
        return content
    }

    private func stamp() throws(LoginError) -> Stamp? {
        var info = stat()
        guard stat(path, &info) == 0 else {
            let reason = errno
            if reason == ENOENT || reason == ENOTDIR { return nil }
            throw LoginError(.unreadable, for: "", detail: "\(path) can't be read; check its permissions")
        }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw LoginError(.unreadable, for: "", detail: "\(path) is no regular file")
        }
        guard Int64(info.st_size) <= Self.largest else { throw tooLarge }
        let changed = info.st_mtim
        return Stamp(
            device: UInt64(info.st_dev), inode: UInt64(info.st_ino), size: Int64(info.st_size),
            seconds: Int64(changed.tv_sec), nanoseconds: Int64(changed.tv_nsec))
    }

    private var tooLarge: LoginError {
        LoginError(.tooLarge, for: "", detail: "\(path) is larger than 1 MiB, so it is no login")
    }
}

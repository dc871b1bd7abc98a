import FoundationEssentials
import Glibc
import Registry

/// Small files of the user's: settings and tokens.
enum LocalFile {
    /// Why a file can't be read.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// A path with the home folder in place of `~`; `nil` where there is none.
    static func expand(_ path: String, _ environment: LoginEnvironment) -> String? {
        guard path.hasPrefix("~/") else { return path }
        return environment.home.map { $0 + path.dropFirst() }
    }

    /// A file's content; `nil` where there is no such file.
    static func read(_ path: String, atMost limit: Int) throws(Failure) -> [UInt8]? {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            let reason = errno
            if reason == ENOENT || reason == ENOTDIR { return nil }
            throw Failure(description: "it can't be read; check its permissions")
        }
        // A pipe would be waited for, and a device has no end.
        guard facts.st_mode & S_IFMT == S_IFREG else { throw Failure(description: "it is no regular file") }
        guard Int(facts.st_size) <= limit else {
            throw Failure(description: "it is larger than \(limit) bytes")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(description: "it can't be read; check its permissions")
        }
        guard data.count <= limit else { throw Failure(description: "it is larger than \(limit) bytes") }
        return [UInt8](data)
    }
}

import ArgumentParser
import FoundationEssentials
import Glibc

/// The file that a report goes to: opened before anything is done, and replaced as a whole when it is written.
///
/// What is no plain file (a device, a pipe) is written into and never replaced; of a link, what it leads to is
/// replaced, so that it stays a link.
struct ReportFile {
    private let path: String
    private let target: String
    private let draft: String?

    /// Makes sure that the report can be written, so that an hour's work does not end in "no such folder".
    init(_ path: String) throws {
        self.path = path
        guard !path.isEmpty else { throw Self.refused("''", ENOENT) }
        var facts = stat()
        let isThere = stat(path, &facts) == 0
        let isPlain = !isThere || facts.st_mode & S_IFMT == S_IFREG
        guard !isThere || facts.st_mode & S_IFMT != S_IFDIR else { throw Self.refused(path, EISDIR) }
        guard let target = Self.target(of: path) else { throw Self.refused(path, ELOOP) }
        self.target = target
        draft = isPlain ? target + ".part-\(getpid())" : nil
        guard let draft else {
            guard access(path, W_OK) == 0 else { throw Self.refused(path, errno) }
            return
        }
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.refused(path, errno) }
        close(descriptor)
    }

    /// Writes the report and puts it in its place.
    func write(_ text: String) throws(ReportError) {
        let descriptor = open(draft ?? target, O_WRONLY | (draft == nil ? 0 : O_TRUNC) | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(errno) }
        let code = fill(descriptor, Array((text + "\n").utf8))
        close(descriptor)
        guard code == 0 else { throw failure(code) }
        if let draft, rename(draft, target) != 0 { throw failure(errno) }
    }

    /// Where links lead, be anything there or not.
    private static func target(of path: String) -> String? {
        var place = path
        for _ in 0..<40 {
            guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: place) else {
                return place
            }
            let folder = place.lastIndex(of: "/").map { place[...$0] } ?? ""
            place = next.hasPrefix("/") ? next : folder + next
        }
        return nil
    }

    /// Takes the draft away, where nothing came of it.
    func discard() { if let draft { unlink(draft) } }

    /// Writes all bytes; returns the system's code of what went wrong, or 0.
    private func fill(_ descriptor: Int32, _ bytes: [UInt8]) -> Int32 {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return errno }
            written += count
        }
        // A pipe or a device has nothing to be made safe.
        return draft == nil || fsync(descriptor) == 0 ? 0 : errno
    }

    private func failure(_ code: Int32) -> ReportError {
        discard()
        return ReportError(
            description: "the report could not be written to \(path): \(String(cString: strerror(code)))")
    }

    private static func refused(_ path: String, _ code: Int32) -> ValidationError {
        ValidationError("the report can't be written to \(path): \(String(cString: strerror(code)))")
    }
}

/// A report that could not be written: the pass itself is done.
struct ReportError: Error, CustomStringConvertible {
    let description: String
}

import ArgumentParser
import Glibc

/// The file that a report goes to: opened before anything is done, and replaced as a whole when it is written.
struct ReportFile {
    private let path: String
    private let draft: String

    /// Makes sure that the report can be written, so that an hour's work does not end in "no such folder".
    init(_ path: String) throws {
        self.path = path
        draft = path + ".part-\(getpid())"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw ValidationError("the report can't be written to \(path): \(String(cString: strerror(errno)))")
        }
        close(descriptor)
    }

    /// Writes the report and puts it in its place.
    func write(_ text: String) throws {
        defer { unlink(draft) }
        let bytes = Array((text + "\n").utf8)
        let descriptor = open(draft, O_WRONLY | O_TRUNC | O_CLOEXEC)
        var written = 0
        while descriptor >= 0, written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            written += count
        }
        let isSafe = descriptor >= 0 && written == bytes.count && fsync(descriptor) == 0
        let reason = String(cString: strerror(errno))
        if descriptor >= 0 { close(descriptor) }
        guard isSafe, rename(draft, path) == 0 else {
            throw ReportError(description: "the report could not be written to \(path): \(reason)")
        }
    }
}

/// A report that could not be written: the pass itself is done.
struct ReportError: Error, CustomStringConvertible {
    let description: String
}

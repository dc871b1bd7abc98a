import ArgumentParser
import Glibc
import Plan

/// A plan's file, open as long as it is needed: what replaces it under its name is not seen.
final class PlanFile: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws {
        // A pipe without a writer would hold this up for ever.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        var facts = stat()
        guard descriptor >= 0, fstat(descriptor, &facts) == 0 else {
            throw Self.refused(path, String(cString: strerror(errno)))
        }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw Self.refused(path, "it is no plain file") }
    }

    deinit { close(descriptor) }

    /// So many bytes from an offset; fewer at the end.
    func bytes(at offset: Int64, _ count: Int) throws(SavedPlanError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled,
                    off_t(offset) + off_t(filled))
                if got < 0 && errno == EINTR { continue }
                if got < 0 { code = errno }
                guard got > 0 else { return }
                filled += got
            }
        }
        guard code == 0 else { throw .unreadable(String(cString: strerror(code))) }
        return bytes
    }

    private static func refused(_ path: String, _ why: String) -> ValidationError {
        ValidationError("the plan \(path) can't be read: \(why)")
    }
}

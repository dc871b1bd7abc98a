import FoundationEssentials
import Glibc

/// What is written of a result before it is whole: a file beside its place that its writer holds a lock on, so that one
/// whose lock can be had is one whose writer died.
final class ResultDraft: Sendable {
    /// Where it is.
    let path: String
    private let descriptor: Int32
    private static let mark = ".part."
    private static let letters = 16

    /// Why there can be none.
    struct Failure: Error { let code: Int32 }

    /// Makes an empty one under a name that nobody has: a container's processes have the same numbers each time.
    init(of target: String, _ mode: mode_t) throws(Failure) {
        var code = EEXIST
        for _ in 0..<16 {
            let path = target + Self.mark + Self.name()
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
            guard descriptor >= 0 else {
                code = errno
                guard code == EEXIST else { break }
                continue
            }
            if Self.isOurs(descriptor) {
                (self.path, self.descriptor) = (path, descriptor)
                return
            }
            close(descriptor)
        }
        throw Failure(code: code)
    }

    deinit { close(descriptor) }

    /// Makes sure that it is on the disk; else `errno` tells why not.
    func sync() -> Bool { fsync(descriptor) == 0 }

    /// Takes away what those left who died before they were done.
    static func sweep(besides target: String) {
        let parts = target.split(separator: "/", omittingEmptySubsequences: false)
        let (folder, stem) = (parts.dropLast().joined(separator: "/"), "\(parts.last ?? "")\(mark)")
        let place = target.contains("/") ? folder + "/" : ""
        let names = try? FileManager.default.contentsOfDirectory(atPath: place.isEmpty ? "." : place)
        for name in names ?? [] where name.hasPrefix(stem) && isName(name.dropFirst(stem.count)) {
            let descriptor = open(place + name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(place + name) }
            close(descriptor)
        }
    }

    /// Whoever sweeps may have come between the making and the locking: then its lock, or its broom, tells. Where there
    /// are no locks, nothing is swept.
    private static func isOurs(_ descriptor: Int32) -> Bool {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else { return false }
        var facts = stat()
        return fstat(descriptor, &facts) == 0 && facts.st_nlink > 0
    }

    private static func name() -> String {
        let text = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: letters - text.count) + text
    }

    private static func isName(_ text: Substring) -> Bool {
        text.utf8.count == letters
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

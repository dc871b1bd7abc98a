import Dispatch
import Foundation

/// Two ends of a pipe that no child inherits by accident.
struct Pipe {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw LabError.system("make a pipe") }
        (reading, writing) = (ends[0], ends[1])
        ends.forEach { keepFromChildren($0) }
    }
}

/// Marks a descriptor as our own.
func keepFromChildren(_ descriptor: Int32) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }

/// Writing to a child that does not read must not end this process.
func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

/// Everything that comes out of a pipe, taken by a thread of its own.
final class Collected: Sendable {
    private let bytes = Guarded<[UInt8]>([])
    private let done = DispatchSemaphore(value: 0)

    init(_ descriptor: Int32) {
        Thread.detachNewThread { [bytes, done] in
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(descriptor, &piece, piece.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { break }
                bytes.with { $0.append(contentsOf: piece[..<count]) }
            }
            close(descriptor)
            done.signal()
        }
    }

    var soFar: String { bytes.with { String(decoding: $0, as: UTF8.self) } }

    /// Waits for the end of the pipe, but not for ever: a grandchild may hold it open.
    func finish() -> String {
        if done.wait(timeout: .now() + 5) == .success { done.signal() }
        return soFar
    }
}

/// Writes all bytes; false when the other end is gone.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
        let count = bytes.withUnsafeBytes {
            write(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent)
        }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        sent += count
    }
    return true
}

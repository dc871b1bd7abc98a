import Glibc

/// Makes an open file or folder last, as `fsync` does; another value than 0 is a refusal.
typealias Lasting = @Sendable (Int32) -> Int32

/// An open plain file; closed when it is let go, and with that its lock is given back.
final class DiskFile: Sendable {
    /// Where it is, for messages.
    let path: String
    /// The system's number for it.
    let descriptor: Int32
    private let lasting: Lasting

    init(_ descriptor: Int32, _ path: String, _ lasting: @escaping Lasting) {
        (self.descriptor, self.path, self.lasting) = (descriptor, path, lasting)
    }

    deinit {
        // A program that is just being started may still hold a copy of the descriptor, and with it the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// What the system knows of it.
    func facts() throws(DiskError) -> FileFacts {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw .system(path) }
        return FileFacts(facts)
    }

    /// The bytes from a place on, at most so many; none at its end.
    func read(from offset: Int64, atMost most: Int) throws(DiskError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: most) { space, filled in
            while filled < most {
                let count = pread(
                    descriptor, space.baseAddress?.advanced(by: filled), most - filled, off_t(offset) + filled
                )
                if count < 0, errno == EINTR { continue }
                if count < 0 { code = errno }
                guard count > 0 else { return }
                filled += count
            }
        }
        guard code == 0 else { throw .system(path, code) }
        return bytes
    }

    /// All bytes of a small file.
    func readAll(atMost most: Int) throws(DiskError) -> [UInt8] {
        let bytes = try read(from: 0, atMost: min(most, Int(clamping: try facts().size)) + 1)
        guard bytes.count <= most else { throw DiskError(.malformed, "\(path) has more than \(most) bytes") }
        return bytes
    }

    /// Writes all bytes at its beginning.
    func write(_ bytes: [UInt8]) throws(DiskError) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(path, count == 0 ? ENOSPC : errno) }
            done += count
        }
    }

    /// Makes its bytes last.
    func sync() throws(DiskError) {
        guard lasting(descriptor) == 0 else { throw .system(path) }
    }

    /// Takes the lock on it, where no other program or task has it.
    func lock() throws(DiskError) -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw .system(path) }
            return false
        }
        return true
    }
}

import Glibc

/// A file that takes a blob's bytes, hashed on the way and bounded by the size that was promised.
///
/// It belongs to one task or to the loop, in turns and never at once: that is what makes it sendable.
public final class BlobSink: @unchecked Sendable {
    /// How many bytes there must be.
    public let size: Int64
    /// How many are there.
    public private(set) var received: Int64 = 0
    /// The system's code, where it refused to write.
    public private(set) var refusal: Int32?
    private let descriptor: Int32
    private let checksum: Checksum
    private var hash: RunningHash
    private let traffic: Traffic?

    /// - Parameters:
    ///   - descriptor: an empty file, open for writing; it stays the caller's.
    ///   - traffic: who is told of the bytes as they come.
    public init(descriptor: Int32, size: Int64, checksum: Checksum, traffic: Traffic? = nil) {
        self.descriptor = descriptor
        self.size = size
        self.checksum = checksum
        self.traffic = traffic
        hash = RunningHash(checksum.function)
    }

    /// Takes the next bytes.
    public func take(_ bytes: [UInt8]) throws(BlobFault) {
        let verdict = bytes.withUnsafeBytes { piece in
            Result { () throws(BlobFault) in try take(piece) }
        }
        try verdict.get()
    }

    /// Takes the next bytes.
    func take(_ bytes: UnsafeRawBufferPointer) throws(BlobFault) {
        guard received + Int64(bytes.count) <= size else { throw .wrongBytes("more than \(size) bytes came") }
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(received) + done)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw refused(count == 0 ? ENOSPC : errno) }
            done += count
        }
        hash.add(bytes)
        received += Int64(bytes.count)
        traffic?.add(bytes.count)
    }

    /// Forgets all that came.
    public func restart() throws(BlobFault) {
        guard ftruncate(descriptor, 0) == 0 else { throw refused(errno) }
        received = 0
        hash = RunningHash(checksum.function)
    }

    private func refused(_ code: Int32) -> BlobFault {
        refusal = code
        return .storage(code)
    }

    /// Says whether all is there and right. To be asked once.
    public func finish() throws(BlobFault) {
        guard received == size else { throw .truncated("\(received) of \(size) bytes came") }
        let sum = hash.finish()
        guard sum == checksum.hex else {
            throw .wrongBytes("they hash to \(sum.prefix(12))…, not \(checksum.hex.prefix(12))…")
        }
    }
}

/// Why a file did not become a blob.
public enum BlobFault: Error, Hashable, Sendable {
    /// There are too few bytes.
    case truncated(String)
    /// There are too many, or others than promised.
    case wrongBytes(String)
    /// The system refused to write or read, with this code.
    case storage(Int32)

    /// The kind of a transport's error, and its details.
    var told: (kind: TransportError.Kind, detail: String) {
        switch self {
        case .truncated(let detail): (.truncated, detail)
        case .wrongBytes(let detail): (.wrongBytes, detail)
        case .storage(let code): (.storage, String(cString: strerror(code)))
        }
    }
}

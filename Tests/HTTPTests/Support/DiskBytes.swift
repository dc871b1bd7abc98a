import Foundation
import HTTP

@testable import Lab

/// A file with some bytes, open for reading and writing while this lives.
final class DiskBytes: Sendable {
    private let folder: TemporaryFolder
    let descriptor: Int32

    init(_ bytes: [UInt8] = []) throws {
        folder = try TemporaryFolder()
        let path = folder.file("bytes")
        try Data(bytes).write(to: URL(filePath: path))
        descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw LabError.system("open \(path)") }
    }

    deinit { close(descriptor) }

    /// What it holds now.
    var bytes: [UInt8] {
        get throws { Array(try Data(contentsOf: URL(filePath: folder.file("bytes")))) }
    }

    func cut(to length: Int) { ftruncate(descriptor, off_t(length)) }

    /// A sink that wants some bytes here.
    func sink(for bytes: [UInt8]) -> BlobSink {
        BlobSink(descriptor: descriptor, size: Int64(bytes.count), checksum: Checksum(of: bytes))
    }

    /// A body of all or a part of some bytes that are to stand here.
    func body(of bytes: [UInt8], _ part: Range<Int>? = nil) -> FileBody {
        let range = part ?? 0..<bytes.count
        return FileBody(
            descriptor: descriptor, offset: Int64(range.lowerBound), count: Int64(range.count),
            checksum: part == nil ? Checksum(of: bytes) : nil)
    }
}

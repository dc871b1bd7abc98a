import Glibc

/// A part of an open file, as the body of a request.
public struct FileBody: Sendable {
    /// The file, open for reading; it stays the caller's.
    public var descriptor: Int32
    /// Where the body begins.
    public var offset: Int64
    /// How many bytes it has.
    public var count: Int64
    /// What they must hash to; `nil` for a part of a blob, which has no digest of its own.
    public var checksum: Checksum?
    /// Who is told of the bytes while they move.
    public var traffic: Traffic?

    /// Describes a body.
    public init(descriptor: Int32, offset: Int64 = 0, count: Int64, checksum: Checksum?) {
        self.descriptor = descriptor
        self.offset = offset
        self.count = count
        self.checksum = checksum
    }
}

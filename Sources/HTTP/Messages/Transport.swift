/// What carries requests: the curl loop, or a wrapper around it.
///
/// It follows no redirect and repeats nothing by itself.
public protocol Transport: Sendable {
    /// Sends a request and returns its whole answer, of whatever status.
    func send(_ request: Request) async throws(TransportError) -> Response

    /// Streams the answer of one request into the body of another, hashed on the way.
    ///
    /// The second request is sent once the first one's answer is there with status 200 or 206; any other
    /// answer is returned as `.refusedAtSource`, and nothing was sent to the destination.
    func pipe(_ transfer: BlobTransfer) async throws(TransportError) -> PipeOutcome

    /// Streams the body of an answer with status 200 or 206 into a file, behind what that has already; of any
    /// other status the body is in the answer. A whole blob that comes where a part was asked for begins anew.
    ///
    /// An error at the end `.upload` is the file's.
    func fetch(_ request: Request, into sink: BlobSink) async throws(TransportError) -> Response

    /// Sends a request whose body is a part of a file, and returns its whole answer, of whatever status.
    ///
    /// An error at the end `.download` is the file's.
    func send(_ request: Request, from body: FileBody) async throws(TransportError) -> Response
}

/// A stream from one origin to another.
public struct BlobTransfer: Sendable {
    /// What is read.
    public var download: Request
    /// What is written; its body is the stream.
    public var upload: Request
    /// How many bytes there must be: one more or less is an error.
    public var size: Int64
    /// What they must hash to; `nil` for a part of a blob, which has no digest of its own.
    public var checksum: Checksum?

    /// Describes a stream.
    public init(download: Request, upload: Request, size: Int64, checksum: Checksum?) {
        self.download = download
        self.upload = upload
        self.size = size
        self.checksum = checksum
    }
}

/// What a stream must hash to.
public struct Checksum: Hashable, Sendable {
    /// The hash functions that registries use.
    public enum Function: Sendable, Hashable {
        /// SHA-256.
        case sha256
        /// SHA-512.
        case sha512
    }

    /// The function.
    public var function: Function
    /// The sum, in lower-case hexadecimal.
    public var hex: String

    /// Names a sum.
    public init(_ function: Function, hex: String) {
        self.function = function
        self.hex = hex
    }
}

/// How a stream ended, where both sides spoke HTTP to the end.
public enum PipeOutcome: Sendable {
    /// The source did not answer 200 or 206; nothing was sent on.
    case refusedAtSource(Response)
    /// The destination answered, whatever it said; it may have done so before all was sent.
    case answered(Response)
}

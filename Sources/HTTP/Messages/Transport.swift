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
    /// Where in the source's content the stream begins: so many bytes are left out.
    public var offset: Int64 = 0
    /// How many bytes one upload takes; `nil`: all of them.
    public var partSize: Int64?
    /// How the stream goes on where one of its requests has ended and not all is through; `nil`: not at all.
    public var guide: (any TransferGuide)?
    /// Who is told of the bytes while they move.
    public var traffic: Traffic?

    /// Describes a stream.
    public init(download: Request, upload: Request, size: Int64, checksum: Checksum?) {
        self.download = download
        self.upload = upload
        self.size = size
        self.checksum = checksum
    }
}

/// Says how a stream goes on in its middle. It is asked one thing at a time, while the other side waits.
public protocol TransferGuide: Sendable {
    /// The request that reads on from a place in the source's content; `nil` to end the stream.
    func reopen(after setback: SourceSetback, at offset: Int64) async -> Request?

    /// The request that takes the next part, so many bytes of the stream having been taken; `nil` to end it.
    func nextPart(after response: Response, sent: Int64) async -> Request?
}

/// Why a source gives no more bytes for now.
public enum SourceSetback: Sendable {
    /// The transfer broke off, or no connection came about.
    case broke(TransportError)
    /// It answered otherwise than with bytes.
    case refused(Response)
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

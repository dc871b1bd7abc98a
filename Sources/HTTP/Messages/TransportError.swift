/// An exchange that got no usable answer.
public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    public var kind: Kind
    /// Which of a stream's two sides it was; `.download` for a plain request.
    public var end: End
    /// Whom we spoke to.
    public var origin: Origin
    /// The details, for people.
    public var detail: String

    /// Describes a failed exchange.
    public init(_ kind: Kind, at end: End = .download, _ origin: Origin, detail: String = "") {
        self.kind = kind
        self.end = end
        self.origin = origin
        self.detail = detail
    }

    /// What can go wrong below HTTP's statuses.
    public enum Kind: String, Sendable, Hashable {
        /// The name does not resolve.
        case unknownHost
        /// No connection: refused, unreachable, or not in time.
        case connect
        /// The connection is not trusted, or its security can't be agreed on.
        case tls
        /// A certificate or key file of ours can't be read.
        case securityFiles
        /// The connection broke, or closed without an answer.
        case broken
        /// The body ended before its announced length.
        case truncated
        /// Nothing moved for too long.
        case stalled
        /// The answer is larger than allowed.
        case tooLarge
        /// The bytes are not those of the digest.
        case wrongBytes
        /// What came is no HTTP.
        case malformed
        /// A file of ours can't be written or read.
        case storage
        /// The task was cancelled.
        case cancelled
        /// The loop has been stopped.
        case stopped
    }

    /// A stream's two sides.
    public enum End: String, Sendable, Hashable {
        /// Where bytes come from.
        case download
        /// Where bytes go.
        case upload
    }

    /// True of what may go well another time.
    public var isTransient: Bool { Self.isTransient(kind) }

    /// True of the kinds that may go well another time.
    public static func isTransient(_ kind: Kind) -> Bool {
        switch kind {
        case .connect, .broken, .truncated, .stalled, .wrongBytes, .malformed, .unknownHost: true
        case .tls, .securityFiles, .tooLarge, .storage, .cancelled, .stopped: false
        }
    }

    /// One line for people.
    public var description: String {
        let what =
            switch kind {
            case .unknownHost: "the host name is unknown"
            case .connect: "no connection"
            case .tls: "the secure connection failed"
            case .securityFiles: "a certificate or key file can't be used"
            case .broken: "the connection broke"
            case .truncated: "the body ended too early"
            case .stalled: "nothing moved for too long"
            case .tooLarge: "the answer is too large"
            case .wrongBytes: "the bytes do not match the digest"
            case .malformed: "the answer is no HTTP"
            case .storage: "a local file can't be used"
            case .cancelled: "cancelled"
            case .stopped: "the program is stopping"
            }
        return "\(origin): \(what)" + (detail.isEmpty ? "" : " (\(detail))")
    }
}

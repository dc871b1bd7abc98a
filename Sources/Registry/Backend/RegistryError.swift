import HTTP

/// A registry that did not do what was asked.
public struct RegistryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong; what happens next is read from it alone.
    public var kind: Kind
    /// Which side of a copy it was, where that is known.
    public var side: Side?
    /// Whom we spoke to: host and port.
    public var place: String
    /// What was tried: "read manifest", "list tags".
    public var action: String
    /// On what: `repository:tag`, `repository@digest`.
    public var subject: String
    /// Why it failed and what to do, for people.
    public var detail: String
    /// How long the registry asks to wait before another try.
    public var retryAfter: Duration?
    /// How it stands with the place, where it is down.
    public var outage: Outage?
    /// The status of the answer that told it, where one did.
    public var status: Int?

    /// Describes a failure.
    public init(
        _ kind: Kind, on side: Side? = nil, at place: String, while action: String, _ subject: String,
        detail: String = ""
    ) {
        self.kind = kind
        self.side = side
        self.place = place
        self.action = action
        self.subject = subject
        self.detail = detail
    }

    /// What can go wrong.
    public enum Kind: Sendable, Hashable {
        /// No right to do it, or no credentials (401, 403).
        case denied
        /// What was asked for is not there (404).
        case notFound
        /// A manifest names a blob or manifest that the repository lacks.
        case contentMissing
        /// The bytes are not those of the digest.
        case wrongBytes
        /// The tag may not be moved (a policy of the registry's).
        case immutable
        /// Something is larger than what may be.
        case tooLarge
        /// The registry asks to slow down (429).
        case throttled
        /// The registry fails (5xx, 408, 425).
        case unavailable
        /// The place counts pulls, and its quota has come down to the reserve.
        case deferred
        /// Nobody answers there for some time, and the request was not sent.
        case down
        /// No usable answer.
        case transport(TransportError.Kind)
        /// The upload that was under way is unknown or unusable: it starts anew.
        case sessionLost
        /// A tag moved while it was copied.
        case moved
        /// What a plan was made for is no more: the destination's tag was moved, or the source lost the image.
        case stale
        /// The registry refused what was sent (other 4xx).
        case refused
        /// The local disk is full, can't be written or can't be read.
        case storage
        /// The answer makes no sense.
        case malformed
        /// The place can't do that.
        case unsupported
        /// The task was cancelled.
        case cancelled
    }

    /// The two sides of a copy.
    public enum Side: String, Sendable, Hashable, Codable {
        /// Where images come from.
        case source
        /// Where they go.
        case destination
    }

    /// True of what may go well another time.
    public var isTransient: Bool {
        switch kind {
        case .throttled, .unavailable, .wrongBytes, .sessionLost, .moved: true
        case .transport(let kind): TransportError.isTransient(kind)
        default: false
        }
    }

    /// The same failure, told of a side.
    public func on(_ side: Side) -> RegistryError {
        var error = self
        error.side = self.side ?? side
        return error
    }

    /// `destination: cannot put manifest team/app:v1 at registry.example.com: denied (no push right)`
    public var description: String {
        // One and the same for all that failed because of it.
        if kind == .down || kind == .deferred {
            return (side.map { $0.rawValue + ": " } ?? "") + "\(place) "
                + (kind == .down ? "is down" : "has few pulls left") + (detail.isEmpty ? "" : " (\(detail))")
        }
        return (side.map { $0.rawValue + ": " } ?? "") + "cannot \(action) \(subject) at \(place): \(word)"
            + (detail.isEmpty ? "" : " (\(detail))")
    }

    /// A short word of a bounded set, for reports and metrics.
    public var word: String {
        switch kind {
        case .denied: "denied"
        case .notFound: "not found"
        case .contentMissing: "content missing"
        case .wrongBytes: "wrong bytes"
        case .immutable: "immutable tag"
        case .tooLarge: "too large"
        case .throttled: "throttled"
        case .unavailable: "unavailable"
        case .deferred: "deferred"
        case .down: "down"
        case .transport(.unknownHost): "unknown host"
        case .transport(.connect): "no connection"
        case .transport(.tls): "not trusted"
        case .transport(.stalled): "stalled"
        case .transport(.truncated): "truncated"
        case .transport(let kind): "connection \(kind.rawValue)"
        case .sessionLost: "upload lost"
        case .moved: "moved"
        case .stale: "stale plan"
        case .refused: "refused"
        case .storage: "storage"
        case .malformed: "malformed answer"
        case .unsupported: "unsupported"
        case .cancelled: "cancelled"
        }
    }
}

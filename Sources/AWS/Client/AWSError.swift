import HTTP

/// A call to AWS that did not do what was asked, or that could not be made.
public struct AWSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong; what happens next is read from it alone.
    public var kind: Kind
    /// Whom we wanted something of: `ecr in eu-west-1`, `the credential chain`.
    public var place: String
    /// What was tried: `DescribeRepositories`, `find keys`.
    public var action: String
    /// Why it failed and what to do, for people; it holds no secret.
    public var detail: String
    /// The code that AWS gave: `RepositoryNotFoundException`; empty where there was no such answer.
    public var code: String
    /// The answer's status; 0 where there was none.
    public var status: Int
    /// AWS's own id of the request, for its support.
    public var requestID: String?
    /// How long the answer asks to wait before another try.
    public var retryAfter: Duration?
    /// The whole answer, where more of it is read than its code: that of a write whose condition did not hold.
    var answer: [UInt8]?

    /// Describes a failure.
    public init(
        _ kind: Kind, at place: String, while action: String, detail: String = "", code: String = "",
        status: Int = 0
    ) {
        self.kind = kind
        self.place = place
        self.action = action
        self.detail = detail
        self.code = code
        self.status = status
    }

    /// What can go wrong.
    public enum Kind: Sendable, Hashable {
        /// There are no keys to sign with.
        case noKeys
        /// Keys are asked for in a way that can't be, or what gives them failed.
        case keys
        /// The keys are unknown, or have ended.
        case keysRefused
        /// The keys may not do that.
        case denied
        /// Our clock and theirs are too far apart, also after it was corrected.
        case clock
        /// Too many calls for now.
        case throttled
        /// Something is full, and stays so until somebody acts; ECR has the same name for it as for a throttle.
        case quota
        /// The service fails, or fails for now.
        case unavailable
        /// No usable answer.
        case transport(TransportError.Kind)
        /// What was asked is refused for what it is; the code says why.
        case refused
        /// The answer makes no sense.
        case malformed
        /// A setting, a region or an endpoint can't be used.
        case setting
        /// The task was cancelled.
        case cancelled
    }

    /// True of what may go well another time.
    public var isTransient: Bool {
        switch kind {
        case .throttled, .quota, .unavailable: true
        case .transport(let kind): TransportError.isTransient(kind)
        default: false
        }
    }

    /// A short word of a bounded set, for reports and metrics.
    public var word: String {
        switch kind {
        case .noKeys: "no credentials"
        case .keys: "credentials can't be got"
        case .keysRefused: "credentials refused"
        case .denied: "denied"
        case .clock: "clock differs"
        case .throttled: "throttled"
        case .quota: "quota reached"
        case .unavailable: "unavailable"
        case .transport(let kind): "connection \(kind.rawValue)"
        case .refused: "refused"
        case .malformed: "malformed answer"
        case .setting: "bad setting"
        case .cancelled: "cancelled"
        }
    }

    /// `cannot DescribeRepositories at ecr in eu-west-1: denied (AccessDeniedException: not authorized to …)`
    public var description: String {
        let reason = [code, detail].filter { !$0.isEmpty }.joined(separator: ": ")
        return "cannot \(action) at \(place): \(word)" + (reason.isEmpty ? "" : " (\(reason))")
    }
}

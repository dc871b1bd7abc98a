/// What an error of AWS's means for what happens next. A pure function of what the answer says.
enum FailureClass: Hashable, Sendable {
    /// Too many calls: slow down and try again.
    case throttled
    /// It may go well another time.
    case transient
    /// Full, or a throttle under the same name: few tries.
    case quota
    /// Our clock is wrong, by the answer's own date.
    case clock
    /// The keys have ended, or are not known: fresh ones may be.
    case keys
    /// No right to do it.
    case denied
    /// It stays so.
    case final

    /// The codes that botocore's standard mode takes for throttles.
    private static let throttles: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
        "RequestThrottled", "TooManyRequestsException", "ProvisionedThroughputExceededException",
        "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded", "SlowDown",
        "PriorRequestNotComplete", "EC2ThrottledException", "LimitExceededException",
    ]
    /// Those that pass; the identity provider that STS asks may be slow, too.
    private static let passing: Set<String> = [
        "RequestTimeout", "RequestTimeoutException", "InternalFailure", "InternalServerError",
        "ServiceUnavailable", "ServiceUnavailableException", "IDPCommunicationError",
        "ReplicatedWriteConflictException",
    ]
    private static let clocks: Set<String> = [
        "RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException", "SignatureDoesNotMatch",
        "AuthFailure", "RequestInTheFuture",
    ]
    private static let ended: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId",
        "InvalidAccessKeyId", "TokenRefreshRequired", "InvalidToken",
    ]
    private static let denials: Set<String> = [
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "OptInRequired",
        "MissingAuthenticationToken", "MissingAuthenticationTokenException", "AuthorizationErrorException",
        "IncompleteSignature", "IncompleteSignatureException", "KMSAccessDeniedException",
    ]

    /// - Parameters:
    ///   - code: the error's name, without a name space.
    ///   - isRegistry: ECR's `LimitExceededException` also says that a quota is reached.
    ///   - isSkewed: the answer's date is more than some minutes from ours.
    init(code: String, status: Int, isRegistry: Bool = false, isSkewed: Bool = false) {
        if code == "LimitExceededException", isRegistry {
            self = .quota
        } else if Self.throttles.contains(code) || status == 429 {
            self = .throttled
        } else if Self.passing.contains(code) || [500, 502, 503, 504, 408].contains(status) {
            self = .transient
        } else if Self.clocks.contains(code), isSkewed {
            self = .clock
        } else if Self.ended.contains(code) {
            self = .keys
        } else if Self.denials.contains(code) || Self.clocks.contains(code) || [401, 403].contains(status) {
            self = .denied
        } else {
            self = .final
        }
    }
}

import HTTPTypes

/// One answer, whole.
public struct Response: Sendable {
    /// The status code.
    public var status: Int
    /// The fields.
    public var headers: HTTPFields
    /// The body, bounded by the request's `answerLimit`.
    public var body: [UInt8]
    /// Who answered, as the transport knows: after a redirect not the one who was asked.
    public var origin: Origin?

    /// Describes an answer.
    public init(status: Int, headers: HTTPFields = [:], body: [UInt8] = [], from origin: Origin? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
        self.origin = origin
    }

    /// True of the 2xx codes.
    public var isSuccess: Bool { (200..<300).contains(status) }
}

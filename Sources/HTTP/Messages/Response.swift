import HTTPTypes

/// One answer, whole.
public struct Response: Sendable {
    /// The status code.
    public var status: Int
    /// The fields.
    public var headers: HTTPFields
    /// The body, bounded by the request's `answerLimit`.
    public var body: [UInt8]

    /// Describes an answer.
    public init(status: Int, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// True of the 2xx codes.
    public var isSuccess: Bool { (200..<300).contains(status) }
}

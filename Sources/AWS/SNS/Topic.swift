import Registry

/// A topic that messages are published to (SNS API Reference, "Publish").
public struct Topic: Sendable {
    /// The largest message, in bytes.
    public static let largestMessage = 262_144
    /// The longest subject, in characters.
    public static let longestSubject = 99

    private let arn: String
    private let client: AWSClient

    /// - Parameter client: of `sns`, in the topic's region.
    public init(arn: String, _ client: AWSClient) {
        self.arn = arn
        self.client = client
    }

    /// Publishes a message; subject and message are cut where they are too long. Returns the message's id.
    @discardableResult
    public func publish(_ message: String, subject: String) async throws(AWSError) -> String {
        let parameters = [
            ("TopicArn", arn), ("Subject", Self.subject(subject)), ("Message", Self.bounded(message)),
        ]
        let answer: XMLNode
        do { answer = try await client.query("Publish", parameters) } catch {
            throw error.explained(
                error.code == "NotFound"
                    ? "there is no topic \(arn.printable(atMost: 200)); correct its ARN" : nil)
        }
        guard let id = answer.text(at: "PublishResult", "MessageId") else {
            throw client.failure(.malformed, "Publish", "the answer lacks MessageId")
        }
        return id.printable(atMost: 100)
    }

    /// A subject as SNS takes it: printable ASCII in one line, not too long, and never empty.
    public static func subject(_ text: String) -> String {
        let visible = text.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" }
        let trimmed = visible.drop { $0 == " " }.prefix(longestSubject)
        return trimmed.isEmpty ? "davit" : String(trimmed)
    }

    /// A message that fits: its beginning, and how many bytes of it are left out.
    public static func bounded(_ message: String, to limit: Int = largestMessage) -> String {
        let message = message.isEmpty ? " " : message
        guard message.utf8.count > limit else { return message }
        func note(_ left: Int) -> String { "\n… \(left) bytes are left out" }
        // The note is at its longest with the number of all bytes.
        var kept = message.utf8.prefix(max(0, limit - note(message.utf8.count).utf8.count))
        // A character may have been cut through.
        while !kept.isEmpty, String(kept) == nil { kept = kept.dropLast() }
        return (String(kept) ?? "") + note(message.utf8.count - kept.count)
    }
}

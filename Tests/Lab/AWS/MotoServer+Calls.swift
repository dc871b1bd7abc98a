import Foundation

extension MotoServer {
    /// What boto3 finds in the table of records and in the queue behind the topic.
    public struct Found: Decodable, Sendable {
        /// A message of the topic.
        public struct Message: Decodable, Hashable, Sendable {
            /// Its subject.
            public var subject: String
            /// Its text.
            public var message: String

            /// A message with its subject.
            public init(subject: String, message: String) {
                (self.subject, self.message) = (subject, message)
            }
        }
        /// The table's items, every value as a text.
        public var items: [[String: String]]
        /// The messages since they were last read.
        public var messages: [Message]
    }

    private struct Stood: Decodable { var topic: String }

    private func judge(_ task: String...) async throws -> Data {
        Data(try await Judges.run("calls.py", [url, user.id, user.secret] + task).output.utf8)
    }

    /// Makes the table `records`, a topic with a queue behind it, parameters and secrets; returns the topic's ARN.
    public func stand() async throws -> String {
        try JSONDecoder().decode(Stood.self, from: try await judge("stand")).topic
    }

    /// What is in the table and in the queue.
    public func read() async throws -> Found {
        try JSONDecoder().decode(Found.self, from: try await judge("read"))
    }

    /// Writes a parameter, encrypted.
    public func put(_ value: String, to parameter: String) async throws {
        _ = try await judge("put", parameter, value)
    }

    /// Makes a secret of Secrets Manager.
    public func keep(_ value: String, in secret: String) async throws {
        _ = try await judge("secret", secret, value)
    }
}

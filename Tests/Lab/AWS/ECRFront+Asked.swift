import Foundation

extension ECRFront {
    /// A request that came, and how it was answered.
    public struct Asked: Decodable, Sendable, Equatable {
        /// `api`, `registry` or `bucket`.
        public var plane: String
        /// The API's service, such as `ecr`.
        public var service: String?
        /// The API's action, such as `DescribeImages`.
        public var action: String?
        /// The name of the access key that signed a call of the API.
        public var key: String?
        /// What was asked of a registry: `ping`, `tags`, `referrers`, `manifest put` (`get`, `head`, `delete`),
        /// `blob head` (`get`), `upload post` (`patch`, `put`, `get`, `delete`), `mount`, `catalog`, `token` (ECR Public's
        /// exchange); of a bucket `bucket get`.
        public var kind: String?
        /// The repository, for what is no API.
        public var repository: String?
        /// The tag or digest, for what is no API.
        public var reference: String?
        /// The name of the error that the API answered.
        public var error: String?
        /// The account whose keys signed, or whose registry it is.
        public var account: String
        /// The region of the scope, or of the registry.
        public var region: String
        /// The status that was answered; 0 when the client was gone before.
        public var status: Int

        /// `ecr:DescribeImages`, or what was asked of a registry.
        public var name: String { kind ?? "\(service ?? ""):\(action ?? "")" }
    }

    /// Everything that was asked since the start or the last `reset`, in its order.
    public func requests() throws -> [Asked] {
        try JSONDecoder().decode([Asked].self, from: tell("requests"))
    }

    /// How often each kind of request came since then, by its name.
    public func counts() throws -> [String: Int] {
        try JSONDecoder().decode([String: Int].self, from: tell("counts"))
    }

    /// Forgets what was asked.
    public func reset() throws { _ = try tell("reset") }

    /// What no client should have sent, though AWS might have borne it, and what the front itself did wrong: each as a
    /// line. A test that went well ends with none.
    public func violations() throws -> [String] {
        struct Violation: Decodable {
            var what: String
            var action: String?
            var kind: String?
        }
        return try JSONDecoder().decode([Violation].self, from: tell("violations")).map { one in
            [one.action ?? one.kind, one.what].compactMap { $0 }.joined(separator: ": ")
        }
    }

    /// Repository to tag to digest, as the front's table has it.
    public func contents(_ place: ECRPlace) throws -> [String: [String: String]] {
        try JSONDecoder().decode([String: [String: String]].self, from: tell("contents", place.words))
    }

    /// A login to a place's registry that no call is counted for.
    public func login(_ place: ECRPlace) throws -> Login {
        Login("AWS", try JSONDecoder().decode(String.self, from: tell("token", place.words)))
    }
}

extension ECRPlace {
    /// The place as the control port is told it.
    var words: [String: any Encodable & Sendable] { ["account": account, "region": region] }
}

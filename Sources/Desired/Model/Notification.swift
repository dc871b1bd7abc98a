/// Who is told how a pass went.
public struct Notification: Sendable, Hashable {
    /// Its `metadata.name`.
    public var name: String
    /// What is told.
    public var when: Set<Event>
    /// The rules whose passes are told of; empty: all.
    public var rules: [String]
    /// The topic that is told.
    public var sns: SNSDeclaration

    /// What can be told.
    public enum Event: String, Sendable, Hashable, CaseIterable {
        /// A pass in which something failed.
        case failed
        /// A pass that ended, however it went.
        case completed
    }

    /// Describes a notice.
    public init(name: String, when: Set<Event>, rules: [String] = [], sns: SNSDeclaration) {
        self.name = name
        self.when = when
        self.rules = rules
        self.sns = sns
    }
}

/// A topic of Amazon SNS, and how it is told.
public struct SNSDeclaration: Sendable, Hashable {
    /// The topic.
    public var topicARN: String
    /// What a message looks like.
    public var format: Format
    /// The Credential that opens the topic; `nil`: AWS's default chain.
    public var via: String?

    /// What a message looks like.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// One message a pass, as davit writes it.
        case davit
        /// The keys that the Data Replication Hub wrote.
        case seed
    }

    /// Names a topic.
    public init(topicARN: String, format: Format = .davit, via: String? = nil) {
        self.topicARN = topicARN
        self.format = format
        self.via = via
    }
}

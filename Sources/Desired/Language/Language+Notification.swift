extension Language {
    static let notification = Table(
        keys: [
            Key(
                "when",
                .list(
                    .choice(
                        Choice(words: Notification.Event.allCases.map(\.rawValue), laterWords: ["recovered"]))
                ),
                "What is told: passes that failed, passes that ended."
            ).required,
            Key("rules", .list(.text), "The rules whose passes are told of. Default: all."),
            Key("sns", .table(topic), "A topic of Amazon SNS that is told.").required,
        ],
        later: ["webhook", "slack", "smtp", "for"])

    private static let topic = Table(keys: [
        Key("topicArn", .text, "The ARN of the topic.").required,
        Key(
            "format", .choice(Choice(words: SNSDeclaration.Format.allCases.map(\.rawValue))),
            "What a message looks like: davit's, or that of the Data Replication Hub. Default: davit."),
        Key("via", .text, "The Credential that opens the topic. Default: AWS's own chain."),
    ])
}

extension Language {
    /// How repositories are created, of a registry or a rule.
    static let createRepositories = Key(
        "createRepositories", .flagOr(repositorySettings),
        "Whether ECR's repositories that are missing are created, and how. Default: true.")

    private static let repositorySettings = Table(
        keys: [
            Key(
                "immutableTags", .flagOr(exceptions),
                "A tag can't be moved once it is there. Default: what the registry does."),
            Key("scanOnPush", .flag, "Images are scanned when they are pushed."),
            Key("kmsKey", .text, "The KMS key that images are encrypted with: an id, an alias or an ARN."),
            Key("lifecyclePolicyFile", .text, "The path of a lifecycle policy (JSON)."),
            Key("repositoryPolicyFile", .text, "The path of a policy of permissions (JSON)."),
            Key("tags", .dictionary(.anyText), "Resource tags: names, each with its value."),
            Key("enforce", .flag, "Repositories that are there are changed as well. Default: false."),
        ],
        rules: [.atLeastOne(settingNames)])

    private static let settingNames = [
        "immutableTags", "scanOnPush", "kmsKey", "lifecyclePolicyFile", "repositoryPolicyFile", "tags",
        "enforce",
    ]

    private static let exceptions = Table(keys: [
        Key(
            "except", .list(.text), "Filters of tags that can be moved; '*' stands for any run of characters."
        )
        .required
    ])
}

extension Language {
    static let replication = Table(
        keys: [
            Key("source", .table(source), "Where the images come from.").required,
            Key("destination", .table(destination), "Where they go.").required,
            Key("images", .list(.table(image)), "What is copied; several entries for one repository add up."),
            Key("imageList", .table(imageList), "More of it, as the comma list of the Data Replication Hub."),
            platforms, flatten, referrers, overwrite,
            Key("concurrency", .whole(1...1_000), "Images copied at once. Default: 10."),
            Key(
                "retries", .whole(0...20),
                "How often an image is tried again at the end of a pass. Default: 3."),
            Key("suspend", .flag, "Keep the rule and do not run it. Default: false."),
            Key(
                "acknowledge", .list(.text), "REPOSITORY:TAG at the destination: its refusal is no failure."),
            Key("requireMatch", .flag, "Fail, instead of warning, when nothing is selected. Default: false."),
            Key("statusTable", .table(statusTable), "A table of DynamoDB that takes a record of each image."),
        ],
        later: ["schedule"], rules: [.atLeastOne(["images", "imageList"])])

    private static let imageList = Table(
        keys: [
            Key("file", .text, "The path of a file that holds the list."),
            Key("ssmParameter", .table(listParameter), "A parameter of AWS Systems Manager that holds it."),
        ],
        rules: [.exactlyOne(["file", "ssmParameter"])])

    private static let listParameter = Table(keys: [
        Key("name", .text, "The name of the parameter, or its ARN.").required,
        region,
        Key("via", .text, "The Credential that opens it. Default: AWS's own chain."),
    ])

    private static let statusTable = Table(keys: [
        Key("name", .text, "The name of the table.").required,
        region,
        Key("via", .text, "The Credential that opens it. Default: AWS's own chain."),
    ])

    private static let source = Table(keys: [
        Key("registry", .text, "The name of a Registry, or a host.").required
    ])

    private static let names = [
        Key(
            "repository", .text,
            "The repository there; {registry}, {repository}, {namespace} and {name} stand for the source's. "
                + "Default: {repository}."),
        Key("tag", .text, "The tag there; {tag} stands for the source's. Default: {tag}."),
    ]

    private static let destination = Table(
        keys: [Key("registry", .text, "The name of a Registry, or a host.").required] + names
            + [createRepositories])

    private static let image = Table(
        keys: [
            Key("repository", .text, "One repository, by its whole name."),
            Key(
                "repositories", .table(repositories),
                "Those repositories of the registry's catalog that match."),
            Key("tags", .table(tags), "Which tags; between its keys AND, within a key OR."),
            Key("pins", .dictionary(.text), "Tags, each with the digest that it must have."),
            platforms, flatten, referrers, overwrite,
            Key(
                "destination", .table(Table(keys: names, rules: [.atLeastOne(names.map(\.name))])),
                "This entry's own names at the destination."),
        ],
        rules: [
            .exactlyOne(["repository", "repositories"]), .atLeastOne(["tags", "pins"]),
            .notBoth("repositories", "pins"),
        ])

    private static let repositories = Table(keys: [
        Key("include", .list(.text), "Patterns of which one must match.").required,
        Key("exclude", .list(.text), "Patterns of which none may match."),
    ])

    private static let tagFilters = ["include", "exclude", "matching", "semver", "newest"]

    private static let tags = Table(
        keys: [
            Key("include", .list(.text), "Patterns of which one must match. Default: all tags."),
            Key("exclude", .list(.text), "Patterns of which none may match."),
            Key("matching", .text, "A regular expression; its group 'version' feeds semver and sortBy."),
            Key("semver", .text, "A range of versions."),
            Key("prereleases", .flag, "Pre-releases count as well. Default: false."),
            Key(
                "sortBy", .choice(Choice(words: SortOrder.allCases.map(\.rawValue))),
                "The order that newest counts in. Default: semver."),
            Key("newest", .whole(1...10_000), "How many of the last ones in that order are kept."),
        ],
        rules: [.atLeastOne(tagFilters), .needs("sortBy", "newest")])

    private static let platforms = Key(
        "platforms", .choiceOrList(Choice(words: ["all"]), .text),
        "Which platforms of an image are copied: all, or a list of OS/ARCHITECTURE[/VARIANT]. Default: all.")

    private static let flatten = Key(
        "flatten", .flag,
        "Put the image of the one platform under the tag, without an index around it. Default: false.")

    private static let referrers = Key(
        "referrers", .flagOr(referrerKeys),
        "Whether signatures and other referrers travel with their image. Default: true.")

    private static let referrerKeys = Table(
        keys: [
            Key(
                "recheck", .duration(or: ["always", "onChange"]),
                "When an image that is in sync is looked at for them. Default: onChange."),
            Key(
                "types", .list(.text),
                "Patterns for the kinds that are copied: artifactType, else the config's type. Default: all."),
        ],
        rules: [.atLeastOne(["recheck", "types"])])

    private static let overwrite = Key(
        "overwrite", .choice(Choice(words: Overwrite.allCases.map(\.rawValue))),
        "What happens to a tag that has another digest at the destination. Default: always.")
}

extension Language {
    static let registry = Table(
        keys: [
            Key("host", .text, "Where the registry is: a host with an optional port, without a scheme."),
            Key("layout", .text, "The path of a folder of OCI image layouts, one for each repository."),
            Key("ecr", .table(ecr), "A registry of Amazon ECR."),
            Key("ecrPublic", .table(Table(keys: [])), "Amazon's public registry, public.ecr.aws."),
            Key("endpoints", .table(endpoints), "Where davit connects to, in place of AWS's addresses."),
            createRepositories,
            Key(
                "credential", .text, "The Credential that opens it. Default: the user's Docker configuration."
            ),
            Key(
                "credentials", .list(.table(credentialUse)),
                "Several Credentials; the first whose paths fit a repository opens it."),
            Key("tls", .table(tls), "How the connection is secured."),
            Key(
                "chunkSize", .text,
                "Blobs larger than this are sent in pieces of so many bytes, such as 64MiB. Default: whole."),
            Key("limits", .table(limits), "How much the registry may be asked."),
        ],
        rules: [
            .exactlyOne(["host", "layout", "ecr", "ecrPublic"]), .notBoth("credential", "credentials"),
        ])

    private static let ecr = Table(keys: [
        Key("account", .text, "The account whose registry it is, twelve digits. Default: the credential's."),
        Key("region", .text, "The region that it stands in.").required,
        Key("fips", .flag, "Speak to the addresses of FIPS. Default: false."),
        Key("dualStack", .flag, "Speak to the addresses that know IPv6. Default: false."),
        Key(
            "crossAccount", .flag,
            "The keys that write may belong to another account, which repository policies let in. Default: false."
        ),
    ])

    private static let endpoints = Table(
        keys: [
            Key("api", .text, "The URL of the API."),
            Key("registry", .text, "The URL of the registry."),
        ],
        rules: [.atLeastOne(["api", "registry"])])

    private static let credentialUse = Table(keys: [
        Key("paths", .list(.text), "Patterns of the repositories it opens. Default: all of them."),
        Key("use", .text, "The Credential.").required,
    ])

    private static let tls = Table(
        keys: [
            Key("caFile", .text, "Certificates (PEM) that are trusted besides the system's."),
            Key("clientCertificate", .text, "The certificate (PEM) that davit shows."),
            Key("clientKey", .text, "The key (PEM) of that certificate."),
            Key("plainHTTP", .flag, "Speak HTTP without TLS. Default: to loopback addresses alone."),
            Key("insecureSkipVerify", .flag, "Trust any certificate. Default: false."),
        ],
        rules: [.needs("clientCertificate", "clientKey"), .needs("clientKey", "clientCertificate")])

    private static let limits = Table(
        keys: [
            Key("concurrency", .whole(1...1_000), "Requests under way at once. Default: 32."),
            Key(
                "requestsPerSecond", .whole(1...10_000),
                "Requests a second at most. Default: as many as the registry bears."),
            Key(
                "bandwidth", .text,
                "Bytes a second at most, over all bodies in both directions, such as 100MiB/s. Default: no limit."
            ),
            Key(
                "reserve", .share(0...1_000_000),
                "How many pulls of the registry's quota are left to others: a number, or a part. Default: 10%."
            ),
        ])
}

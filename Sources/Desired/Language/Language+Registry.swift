extension Language {
    static let registry = Table(
        keys: [
            Key("host", .text, "Where the registry is: a host with an optional port, without a scheme."),
            Key("layout", .text, "The path of a folder of OCI image layouts, one for each repository."),
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
        later: ["ecr", "ecrPublic", "endpoints", "createRepositories"],
        rules: [.exactlyOne(["host", "layout"]), .notBoth("credential", "credentials")])

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

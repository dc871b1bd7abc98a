extension Language {
    private static let credentialSources = [
        "dockerConfig", "helper", "env", "file", "anonymous", "ssmParameter", "secretsManager", "awsProfile",
        "assumeRole",
    ]

    /// Sources that nothing of AWS opens.
    private static let plainSources = ["dockerConfig", "helper", "env", "file", "anonymous", "awsProfile"]

    static let credential = Table(
        keys: [
            Key(
                "dockerConfig", .table(dockerConfig),
                "The secret stands in Docker's or podman's client configuration."),
            Key("helper", .text, "The program docker-credential-NAME hands the secret out; this is NAME."),
            Key("env", .table(environment), "The secret stands in environment variables."),
            Key("file", .table(secretFile), "The secret stands in a file, read again whenever it changes."),
            Key("anonymous", .table(Table(keys: [])), "No secret: what anyone may read."),
            Key(
                "ssmParameter", .table(parameter), "The secret stands in a parameter of AWS Systems Manager."),
            Key("secretsManager", .table(secret), "The secret stands in AWS Secrets Manager."),
            Key(
                "awsProfile", .table(profile),
                "The keys are those of a profile in AWS's configuration files."),
            Key("assumeRole", .table(role), "The keys are those of a role of AWS."),
            Key(
                "via", .text,
                "The Credential that opens ssmParameter, secretsManager or assumeRole. Default: AWS's own chain."
            ),
            Key(
                "hosts", .list(.text),
                "The hosts it may be sent to; '*.' at the front stands for any subdomain. "
                    + "Default: the host of the registry that uses it."),
        ],
        rules: [.exactlyOne(credentialSources), .notBoth("anonymous", "hosts")]
            + plainSources.map { .notBoth("via", $0) })

    private static let parameter = Table(keys: [
        Key("name", .text, "The name of the parameter, or its ARN.").required,
        region,
    ])

    private static let secret = Table(keys: [
        Key("name", .text, "The name of the secret, or its ARN.").required,
        region,
    ])

    private static let profile = Table(keys: [Key("name", .text, "The name of the profile.").required])

    private static let role = Table(keys: [
        Key("roleArn", .text, "The ARN of the role.").required,
        Key("externalId", .text, "What the role's owner wants to be shown."),
        Key("sessionName", .text, "How the session is called in the owner's logs."),
        Key("duration", .duration(or: []), "How long its keys are good for: 15m to 12h."),
    ])

    /// Where a thing of AWS stands.
    static let region = Key(
        "region", .text, "The region that it stands in. Default: that of the credential or the environment.")

    private static let dockerConfig = Table(keys: [
        Key("file", .text, "The path of a config.json or auth.json. Default: the usual places of the user.")
    ])

    private static let environment = Table(
        keys: [
            Key("username", .text, "The variable that holds the user name."),
            Key("password", .text, "The variable that holds the password."),
            Key("token", .text, "The variable that holds a bearer token."),
        ],
        rules: [
            .exactlyOne(["username", "token"]), .needs("username", "password"),
            .needs("password", "username"),
        ])

    private static let secretFile = Table(keys: [
        Key("path", .text, "The path of the file, from the manifest or inside the secrets directory.")
            .required,
        Key(
            "format", .choice(Choice(words: Credential.FileFormat.allCases.map(\.rawValue))),
            "How the secret stands in the file."
        ).required,
    ])
}

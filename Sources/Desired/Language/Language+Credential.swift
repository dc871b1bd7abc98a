extension Language {
    private static let credentialSources = ["dockerConfig", "helper", "env", "file", "anonymous"]

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
                "hosts", .list(.text),
                "The hosts it may be sent to; '*.' at the front stands for any subdomain. "
                    + "Default: the host of the registry that uses it."),
        ],
        later: ["ssmParameter", "secretsManager", "awsProfile", "assumeRole", "via"],
        rules: [.exactlyOne(credentialSources), .notBoth("anonymous", "hosts")])

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

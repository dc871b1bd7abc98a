import Foundation
import Lab

/// Made surroundings that keys are looked for in, and what was found there.
struct Surroundings: Encodable {
    var variables: [String: String]
    var profile: String?
    var found = ""

    private static let names = ["default", "a", "b", "c"]

    /// Surroundings that a row of numbers stands for; the files are written below the folder.
    init(_ number: Int, in folder: TemporaryFolder, random: inout Random) throws {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func name() -> String { Self.names.randomElement(using: &random) ?? "a" }
        try folder.write("token-of-a-file\n", to: "token")
        variables = [
            "AWS_CONFIG_FILE": folder.file("config-\(number)"),
            "AWS_SHARED_CREDENTIALS_FILE": folder.file("credentials-\(number)"), "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1", "PATH": "/usr/bin:/bin", "HOME": folder.path,
        ]
        if chance(70) { variables["AWS_EC2_METADATA_DISABLED"] = "true" }
        if chance(15) { variables["AWS_ACCESS_KEY_ID"] = "ENVIRONMENT" }
        if chance(60) { variables["AWS_SECRET_ACCESS_KEY"] = "env-secret" }
        if chance(20) { variables["AWS_SESSION_TOKEN"] = "env-token" }
        if chance(10) { variables["AWS_SECURITY_TOKEN"] = "old-token" }
        if chance(30) { variables["AWS_PROFILE"] = name() }
        if chance(10) { variables["AWS_DEFAULT_PROFILE"] = name() }
        if chance(10) { variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.file("token") }
        if chance(15) { variables["AWS_ROLE_ARN"] = "arn:aws:iam::111122223333:role/environment" }
        if chance(10) { variables["AWS_ROLE_SESSION_NAME"] = "session-of-env" }
        if chance(15) { variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1/keys" }
        if chance(3) { variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://other.example/keys" }
        profile = chance(30) ? name() : nil
        var config = "# made\n[preview]\nother = 1\n"
        var credentials = ""
        for name in Self.names {
            if chance(80) {
                let title = name == "default" ? name : chance(20) ? "profile \"\(name)\"" : "profile \(name)"
                config +=
                    "[\(title)]\n" + Self.settings(of: name, "config", in: folder, &random).joined() + "\n"
            }
            if chance(40) {
                credentials += "[\(name)]\n"
                credentials += Self.settings(of: name, "credentials", in: folder, &random).shuffled(
                    using: &random
                )
                .joined()
            }
        }
        if chance(90) { try folder.write(config, to: "config-\(number)") }
        if chance(80) { try folder.write(credentials, to: "credentials-\(number)") }
    }

    private static func settings(
        of name: String, _ file: String, in folder: TemporaryFolder, _ random: inout Random
    ) -> [String] {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        let isConfig = file == "config"
        var lines: [String] = []
        if chance(isConfig ? 40 : 75) { lines.append("aws_access_key_id=\(file)-\(name)\n") }
        if chance(90) { lines.append("aws_secret_access_key: \(file)+/secret\n") }
        if chance(20) { lines.append("Aws_Session_Token = \(file)-token\n") }
        if chance(isConfig ? 40 : 8) {
            lines.append("role_arn = arn:aws:iam::111122223333:role/\(file)-\(name)\n")
        }
        if chance(isConfig ? 60 : 3) {
            let other = (names + names + ["missing"]).randomElement(using: &random) ?? "a"
            lines.append("source_profile = \(other)\n")
        }
        if chance(isConfig ? 8 : 1) {
            let sources = ["Environment", "Ec2InstanceMetadata", "EcsContainer", "Elsewhere"]
            lines.append("credential_source = \(sources.randomElement(using: &random) ?? "")\n")
        }
        if chance(30) { lines.append("external_id = id/of:\(name)\n") }
        if chance(20) {
            lines.append(
                "duration_seconds = \(["3600", "900", "soon"].randomElement(using: &random) ?? "")\n")
        }
        if chance(20) { lines.append("role_session_name = session-\(name)\n") }
        if chance(isConfig ? 10 : 2) { lines.append("web_identity_token_file = \(folder.file("token"))\n") }
        if chance(isConfig ? 15 : 3) {
            let answers = [
                #"/bin/echo '{"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "p"}'"#,
                #"echo "{\"Version\": 1, \"AccessKeyId\": \"PROCESS\", \"SecretAccessKey\": \"p\", \"SessionToken\": \"q\"}""#,
                #"/bin/echo '{"Version": 2, "AccessKeyId": "PROCESS", "SecretAccessKey": "p"}'"#,
                "/bin/false",
            ]
            lines.append("credential_process = \(answers.randomElement(using: &random) ?? "")\n")
        }
        if chance(20) { lines.append("s3 =\n  signature_version = s3v4\n  addressing_style = path\n") }
        if chance(10) { lines.append("; a comment\n\n") }
        return lines
    }
}

import OCI
import Testing

@testable import Desired

@Suite("Things of AWS in manifests") struct AmazonTests {
    private func state() throws -> DesiredState {
        try #require(Fixtures.report("good/every-key.yaml").result.state)
    }

    @Test("credentials arrive, with what opens them")
    func credentials() throws {
        let credentials = try state().credentials
        let parameter = try #require(credentials["parameter"])
        #expect(parameter.source == .ssmParameter(name: "drh-credentials", region: "us-east-1"))
        #expect(parameter.via == "profile" && parameter.hosts == ["*.amazonaws.com.cn"])
        // The region of an ARN is the one.
        #expect(
            credentials["secret"]?.source
                == .secretsManager(
                    name: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:davit-AbCdEf",
                    region: "eu-west-1"))
        #expect(credentials["secret"]?.via == nil)
        #expect(credentials["profile"]?.source == .awsProfile(name: "prod"))
        let role = RoleDeclaration(
            arn: "arn:aws:iam::123456789012:role/path/copier", externalID: "a:b/c", sessionName: "davit",
            seconds: 3_600)
        #expect(credentials["role"]?.source == .assumeRole(role) && credentials["role"]?.via == "secret")
    }

    @Test("registries arrive")
    func registries() throws {
        let registries = try state().registries
        var ecr = try #require(registries["ecr"])
        let declaration = ECRDeclaration(
            account: "012345678901", region: "eu-west-1", isFIPS: true, isDualStack: true,
            isCrossAccount: true)
        #expect(ecr.ecr == declaration && ecr.host.isEmpty && !ecr.isECRPublic)
        #expect(ecr.place == "ecr:012345678901:eu-west-1" && ecr.label == "ecr")
        #expect(ecr.credentials == [CredentialUse(credential: "role")])
        #expect(
            ecr.endpoints
                == EndpointDeclaration(
                    api: "https://vpce-1.api.ecr.eu-west-1.vpce.amazonaws.com",
                    registry: "http://127.0.0.1:5000"))
        ecr.host = "012345678901.dkr.ecr-fips.eu-west-1.amazonaws.com"
        #expect(ecr.place == ecr.host && ecr.label == ecr.host)
        let open = try #require(registries["public"])
        #expect(open.isECRPublic && open.ecr == nil && open.host == "public.ecr.aws")
        #expect(open.place == "public.ecr.aws" && open.endpoints == EndpointDeclaration())
    }

    @Test("what a rule says of repositories goes before what the registry says, key by key")
    func settings() throws {
        let state = try state()
        let shared = try #require(state.registries["ecr"]?.createRepositories)
        #expect(shared.creates && shared.enforces && shared.scansOnPush == true)
        #expect(shared.tagMutability == .immutable(except: ["latest", "dev-*"]))
        #expect(shared.kmsKey == "alias/images" && shared.tags == ["team": "web", "cost center": ""])
        #expect(shared.lifecyclePolicy?.contains("imageCountMoreThan") == true)
        #expect(shared.repositoryPolicy?.contains("ecr:BatchGetImage") == true)
        let rule = try #require(state.rules.first { $0.name == "from-parameter" })
        let merged = try #require(state.settings(of: rule))
        #expect(merged.tagMutability == .mutable && merged.scansOnPush == false)
        #expect(merged.kmsKey == shared.kmsKey && merged.tags == shared.tags && merged.enforces)
        #expect(merged.lifecyclePolicy == shared.lifecyclePolicy && merged.creates)
        #expect(state.settings(of: try #require(state.rules.first)) == nil)
        let off = RepositorySettings(creates: false, enforcement: false)
        #expect(shared.overridden(by: off).creates == false && !shared.overridden(by: off).enforces)
        #expect(RepositorySettings().creates && !RepositorySettings().enforces)
    }

    @Test("lists, tables and notices arrive")
    func others() throws {
        let state = try state()
        let first = try #require(state.rules.first)
        #expect(first.statusTable == StatusTable(name: "drh-status", region: "eu-west-1", via: "role"))
        guard case .file(let text, "files/images.txt") = first.imageList else {
            Issue.record("\(String(describing: first.imageList))")
            return
        }
        #expect(text.hasPrefix("ubuntu:22.04,"))
        #expect(first.images.count == 6 && first.images[5].tags == TagSelector())
        #expect(first.images[3].platforms == first.images[2].platforms)
        let list = ImageList.parameter(name: "/drh/images", region: "us-east-1", via: "parameter")
        let second = try #require(state.rules.last)
        #expect(second.imageList == list && second.images.isEmpty && second.statusTable == nil)
        let notice = Notification(
            name: "on-call", when: [.failed, .completed], rules: ["from-parameter"],
            sns: SNSDeclaration(
                topicARN: "arn:aws:sns:eu-west-1:123456789012:davit", format: .seed, via: "role"))
        #expect(state.notifications == [notice])
    }

    @Test("a notice is davit's own and for all rules, unless it says otherwise")
    func plainNotice() throws {
        let text = """
            apiVersion: davit/v1
            kind: Notification
            metadata: { name: n }
            spec: { when: [failed], sns: { topicArn: "arn:aws-cn:sns:cn-north-1:123456789012:davit" } }
            """
        let notice = try #require(DesiredState.load(text: text, named: "t").state?.notifications.first)
        #expect(notice.rules.isEmpty && notice.sns.format == .davit && notice.sns.via == nil)
        #expect(notice.when == [.failed])
    }

    @Test("lists of the Hub give their entries at load")
    func lists() throws {
        let state = try #require(Fixtures.report("good/lists.yaml").result.state)
        let claims = state.rules.map { rule in
            Selection.select(rule: rule, sourceHost: state.registries[rule.source]?.label ?? "").claims.map {
                "\($0.sourceRepository):\($0.sourceTag) -> \($0.destinationRepository)"
            }
        }
        #expect(claims[0] == ["library/nginx:latest -> library/nginx", "library/ubuntu:22.04 -> ubuntu"])
        #expect(
            claims[1] == [
                "quay.io/kept/name:1 -> own/quay.io/kept/name", "team/app:latest -> own/team/app",
                "team/app:v1 -> own/team/app", "team/web:v2 -> own/team/web",
            ])
        let flat = PlatformChoice([try PlatformSelector("linux/amd64")], flattens: true)
        #expect(state.rules[0].images.allSatisfy { $0.platforms == flat })
        #expect(state.rules[1].destination.createRepositories?.creates == false)
    }

    @Test(
        "what a host's form says",
        arguments: [
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "123456789012", "eu-west-1"),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "123456789012", "cn-north-1"),
            ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "123456789012", "us-gov-west-1"),
            ("123456789012.dkr-ecr.eu-west-1.on.aws", "123456789012", "eu-west-1"),
            ("123456789012.dkr-ecr-fips.us-east-1.on.aws", "123456789012", "us-east-1"),
        ])
    func hosts(host: String, account: String, region: String) throws {
        let found = try #require(ECRHost.registry(host))
        #expect(found.account == account && found.region == region && ECRHost.isLike(host))
    }

    @Test(
        "other hosts are none of a registry's",
        arguments: [
            "public.ecr.aws", "dkr.ecr.eu-west-1.amazonaws.com", "1.dkr.ecr.eu-west-1.amazonaws.com",
            "docker.io", "",
        ])
    func otherHosts(host: String) {
        #expect(ECRHost.registry(host) == nil)
        #expect(ECRHost.isLike(host) == (host == "public.ecr.aws" || host.hasPrefix("1.")))
    }

    @Test(
        "URLs of endpoints",
        arguments: [
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
            ("HTTPS://Api.Example.com/", "https://api.example.com"),
            ("http://[::1]:80", "http://[::1]:80"), ("ftp://a", nil), ("a.example.com", nil),
            ("http://", nil),
            ("https://a@b", nil), ("https://a/b", nil), ("https://a?b", nil), ("https://a#b", nil),
            ("http://a:0", nil),
        ] as [(String, String?)])
    func endpoints(text: String, read: String?) { #expect((try? EndpointURL(text))?.text == read) }

    @Test("secrets in the URL of an endpoint are not repeated")
    func secretInURL() {
        #expect(throws: AmazonNameError("no user and no password can stand in the URL of an endpoint")) {
            try EndpointURL("https://user:word@api.example.com")
        }
    }

    /// Forms, with texts at their bounds.
    static let forms: [(form: String, good: [String], bad: [String])] = [
        ("account", ["000000000000"], ["1", "12345678901a", "1234567890123", ""]),
        ("region", ["eu-west-1", "us-isob-east-1"], ["EU", "eu_west", "-a", "a-", ""]),
        (
            "role", ["arn:aws:iam::123456789012:role/a", "arn:aws-cn:iam::123456789012:role/a/b+=,.@-_"],
            [
                "arn:aws:iam:eu:123456789012:role/a", "arn:aws:iam::123456789012:role/",
                "arn:aws:iam::1:role/a", "role/a",
            ]
        ),
        ("session", ["ab", "a+=,.@-_"], ["a", "a b", String(repeating: "a", count: 65)]),
        ("external", ["ab", "a:/b"], ["a", "a b", String(repeating: "a", count: 1_225)]),
        (
            "topic", ["arn:aws:sns:eu-west-1:123456789012:a_-b"],
            [
                "arn:aws:sns:eu-west-1:123456789012:a.fifo", "arn:aws:sns::123456789012:a",
                "arn:aws:sns:eu-west-1:123456789012:a:b", "arn:aws:sns:eu-west-1:123456789012:",
                "arn:gcp:sns:eu-west-1:123456789012:a",
            ]
        ),
        (
            "table", ["abc", "a.-_", String(repeating: "a", count: 255)],
            ["ab", "a b c", String(repeating: "a", count: 256)]
        ),
        (
            "parameter", ["a", "/a/b.c-d_e", "a:3", "arn:aws:ssm:eu-west-1:123456789012:parameter/a"],
            ["a b", "arn:aws:sns:eu-west-1:123456789012:a", "", "é"]
        ),
        (
            "secret", ["a/_+=.@-", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a"],
            ["a:b", "arn:aws:ssm:eu-west-1:123456789012:parameter/a", String(repeating: "a", count: 513)]
        ),
        ("profile", ["prod", "my profile"], [" ", "a]", "a\nb"]),
        ("filter", ["latest", "a*b*", "A._-"], ["a***", "a/b", "", String(repeating: "a", count: 129)]),
    ]

    @Test("forms of names", arguments: forms)
    func names(form: String, good: [String], bad: [String]) {
        for text in good { #expect(throws: Never.self) { try Self.read(text, form) } }
        for text in bad { #expect(throws: AmazonNameError.self, "\(text)") { try Self.read(text, form) } }
    }

    private static func read(_ text: String, _ form: String) throws(AmazonNameError) {
        _ =
            switch form {
            case "account": try AmazonName.account(text)
            case "region": try AmazonName.region(text)
            case "role": try AmazonName.role(text)
            case "session": try AmazonName.session(text)
            case "external": try AmazonName.externalID(text)
            case "topic": try AmazonName.topic(text)
            case "table": try AmazonName.table(text)
            case "parameter": try AmazonName.parameter(text)
            case "secret": try AmazonName.secret(text)
            case "profile": try AmazonName.profile(text)
            default: try AmazonName.filter(text)
            }
    }
}

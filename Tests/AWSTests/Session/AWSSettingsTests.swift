import AWS
import HTTP
import Lab
import Registry
import Testing

@Suite("Settings") struct AWSSettingsTests {
    private let ground: LiveGround

    init() throws { ground = try LiveGround() }

    private func address(
        _ service: Service, _ variables: [String: String], region: String? = "eu-west-1", api: Address? = nil
    ) throws -> String {
        let session = try ground.session(variables)
        return try session.client(service, in: region.map { try Region($0) }, api: api).endpoint.address
            .description
    }

    @Test("an endpoint of one's own: by service before all services, the environment before the profile")
    func overrides() throws {
        try ground.folder.write(
            """
            [default]
            endpoint_url = http://127.0.0.1:4
            services = here
            [services here]
            ecr_public =
              endpoint_url = http://127.0.0.1:3
            """, to: "config")
        let all = ["AWS_ENDPOINT_URL": "http://127.0.0.1:2/all/"]
        let both = all.merging(["AWS_ENDPOINT_URL_ECR_PUBLIC": "http://127.0.0.1:1"]) { $1 }
        #expect(try address(.ecrPublic, both) == "http://127.0.0.1:1/")
        #expect(try address(.ecr, both) == "http://127.0.0.1:2/all/")
        #expect(
            try address(.secretsManager, ["AWS_ENDPOINT_URL_SECRETS_MANAGER": "https://x.example"])
                == "https://x.example/")
        #expect(try address(.ecrPublic, all) == "http://127.0.0.1:2/all/")
        #expect(try address(.ecrPublic, [:]) == "http://127.0.0.1:3/")
        #expect(try address(.ecr, [:]) == "http://127.0.0.1:4/")
        #expect(try address(.ecr, both, api: Address("https://own.example/")) == "https://own.example/")
        let ignored = both.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"]) { $1 }
        #expect(try address(.ecr, ignored) == "https://api.ecr.eu-west-1.amazonaws.com/")
        #expect(try address(.ecr, ignored, api: Address("https://own.example/")) == "https://own.example/")
    }

    @Test("signatures stay the region's, wherever we connect")
    func signingRegion() async throws {
        let transport = ScriptedTransport { _, _ in Response(200, "{}") }
        let session = try ground.session(
            [
                "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "A",
                "AWS_SECRET_ACCESS_KEY": "s",
            ], transport: transport)
        _ = try await session.client(.ecr, in: Region("cn-north-1")).call("ListImages", json: [])
        let request = try #require(transport.requests.first)
        #expect(request.address.description == "http://127.0.0.1:9/")
        #expect(request.field("Authorization")?.contains("/cn-north-1/ecr/aws4_request") == true)
    }

    @Test("FIPS and dual-stack, by the environment or the profile; not with an endpoint of one's own")
    func choice() throws {
        try ground.folder.write("[profile x]\nuse_fips_endpoint = true\nregion = us-east-1\n", to: "config")
        #expect(
            try address(.ecr, ["AWS_PROFILE": "x"], region: nil)
                == "https://api.ecr-fips.us-east-1.amazonaws.com/")
        #expect(
            try address(.ecr, ["AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "TRUE"])
                == "https://ecr-fips.eu-west-1.api.aws/")
        let error = #expect(throws: AWSError.self) {
            try ground.session(["AWS_USE_FIPS_ENDPOINT": "true", "AWS_ENDPOINT_URL": "http://127.0.0.1"])
                .client(.ecr, in: Region("eu-west-1"))
        }
        #expect(error?.kind == .setting)
    }

    @Test("the region: named, the environment's, the profile's, else an error that says what to do")
    func region() throws {
        #expect(throws: AWSError.self) { try address(.ecr, [:], region: nil) }
        try ground.folder.write("[default]\nregion = eu-north-1\n", to: "config")
        #expect(try address(.ssm, [:], region: nil) == "https://ssm.eu-north-1.amazonaws.com/")
        let old = ["AWS_DEFAULT_REGION": "eu-west-2"]
        #expect(try address(.ssm, old, region: nil) == "https://ssm.eu-west-2.amazonaws.com/")
        #expect(
            try address(.ssm, old.merging(["AWS_REGION": "eu-west-3"]) { $1 }, region: nil)
                == "https://ssm.eu-west-3.amazonaws.com/")
        #expect(throws: AWSError.self) { try address(.ssm, ["AWS_REGION": "evil.example/"], region: nil) }
        #expect(throws: AWSError.self) { try address(.ssm, ["AWS_ENDPOINT_URL": "http://u:p@h/"]) }
    }

    @Test(
        "files that are not of the form are told by line, without what stands there",
        arguments: [
            ("[default]\nhush\n", 2), ("aws_secret_access_key = hush\n", 1), ("[a]\nx = 1\n[a]\n", 3),
            ("[default]\nx = 1\nX = hush\n", 3), ("[default]\ns3 =\n  hush\n", 2),
            ("[default]\n = hush\n", 2),
        ])
    func badFiles(content: String, line: Int) throws {
        for file in ["config", "credentials"] {
            let ground = try LiveGround()
            try ground.folder.write(content, to: file)
            let error = #expect(throws: AWSError.self) { try ground.session() }
            #expect(error?.kind == .setting)
            let text = error?.description ?? ""
            #expect(text.contains("line \(line):") && text.contains("/\(file)") && !text.contains("hush"))
        }
    }

    @Test("a profile that is named must be there")
    func missingProfile() throws {
        #expect(throws: AWSError.self) { try ground.session(profile: "x") }
        #expect(throws: AWSError.self) { try ground.session(["AWS_PROFILE": "x"]) }
        _ = try ground.session()
    }

    @Test("no keys anywhere: the error says where was looked")
    func nowhere() async throws {
        let error = await #expect(throws: AWSError.self) { try await ground.keys() }
        #expect(error?.kind == .noKeys)
        for word in ["AWS_ACCESS_KEY_ID", "profile 'default'", "CONTAINER_CREDENTIALS", "METADATA_DISABLED"] {
            #expect(error?.detail.contains(word) == true)
        }
    }

    @Test("a session prints nothing that its files and variables hold")
    func secrets() async throws {
        try ground.folder.write(
            "[default]\naws_access_key_id = hush1\naws_secret_access_key = hush2\n", to: "credentials")
        try ground.folder.write(
            "[default]\ncredential_process = x hush3\nservices = y\n[services y]\nssm =\n  endpoint_url = hush4\n",
            to: "config")
        let session = try ground.session(["AWS_SESSION_TOKEN": "hush5"])
        _ = try await session.keys.keys()
        var dumped = ""
        dump(session, to: &dumped)
        for text in ["\(session)", String(reflecting: session), dumped, "\(session.keys)"] {
            #expect(!text.contains("hush"))
        }
    }
}

import AWS
import Foundation
import HTTP
import Lab
import Registry
import Testing

@Suite("Roles") struct RoleTests {
    private static let arn = "arn:aws:iam::111122223333:role/mirror"
    private let ground: LiveGround

    init() throws { ground = try LiveGround() }

    private var variables: [String: String] {
        ["AWS_ACCESS_KEY_ID": "BASE", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-west-1"]
    }

    @Test("a role is taken on with the keys below it, and another on top of that")
    func via() async throws {
        let transport = StandIn.transport
        let role = Role(arn: Self.arn, externalID: "their-id", sessionName: "davit@home", duration: 1800)
        let session = try ground.session(variables, transport: transport).assuming(role)
            .assuming(Role(arn: "arn:aws:iam::444455556666:role/other"))
        let keys = try await session.keys.keys()
        #expect(
            keys.id == "<arn:aws:iam::444455556666:role/other||||<\(Self.arn)|their-id|1800|davit@home|BASE>>"
        )
        #expect(transport.requests.allSatisfy { $0.address.origin.host == "sts.eu-west-1.amazonaws.com" })
        // Both live a while: a second question asks nobody.
        _ = try await session.keys.keys()
        #expect(transport.requests.count == 2)
    }

    @Test(
        "STS is asked in the role's own partition",
        arguments: [
            ("arn:aws-cn:iam::111122223333:role/x", "eu-west-1", "sts.cn-northwest-1.amazonaws.com.cn"),
            ("arn:aws-cn:iam::111122223333:role/x", "cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
            ("arn:aws:iam::111122223333:role/x", "", "sts.us-east-1.amazonaws.com"),
            ("arn:aws-us-gov:iam::111122223333:role/x", "us-gov-east-1", "sts.us-gov-east-1.amazonaws.com"),
        ])
    func partition(arn: String, region: String, host: String) async throws {
        let transport = StandIn.transport
        let session = try ground.session(
            variables.merging(["AWS_REGION": region]) { $1 }, transport: transport)
        _ = try await session.assuming(Role(arn: arn)).keys.keys()
        #expect(transport.requests.map(\.address.origin.host) == [host])
    }

    @Test("a role that can't be one is refused before anybody is asked")
    func badRoles() throws {
        let session = try ground.session(variables)
        for role in [
            Role(arn: "mirror"), Role(arn: "arn:aws:iam"), Role(arn: "arn:moon:iam::1:role/x"),
            Role(arn: Self.arn + "\n"), Role(arn: Self.arn, externalID: "x"),
            Role(arn: Self.arn, sessionName: "a b"),
            Role(arn: Self.arn, duration: 60),
            Role(arn: Self.arn, sessionName: String(repeating: "a", count: 65)),
        ] {
            let error = #expect(throws: AWSError.self) { try session.assuming(role) }
            #expect(error?.kind == .setting)
        }
    }

    @Test("web identity is not signed, and its token is read anew at each renewal")
    func webIdentity() async throws {
        let transport = StandIn.transport
        let token = try ground.folder.write("first-token\n", to: "token")
        let session = try ground.session(
            [
                "AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": Self.arn,
                "AWS_ROLE_SESSION_NAME": "pod",
                "AWS_REGION": "eu-west-1",
            ], transport: transport)
        #expect(try await session.keys.keys().id == "<\(Self.arn)|||pod|first-token>")
        try ground.folder.write("second-token", to: "token")
        ground.clock.seconds = 1_800_057_600 - 300
        #expect(try await session.keys.keys().id == "<\(Self.arn)|||pod|second-token>")
        for request in transport.requests {
            #expect(request.field("Authorization") == nil && request.field("X-Amz-Date") == nil)
            #expect(!request.address.description.contains("token"))
        }
    }

    @Test(
        "a token's file that is missing, empty, huge or a folder is an error that names it and not what it holds"
    )
    func badTokens() async throws {
        try ground.folder.write("", to: "empty")
        try ground.folder.write(String(repeating: "hush", count: 20_000), to: "huge")
        for path in [
            ground.folder.file("none"), ground.folder.file("empty"), ground.folder.file("huge"),
            ground.folder.path,
        ] {
            let error = await #expect(throws: AWSError.self) {
                try await ground.keys(["AWS_WEB_IDENTITY_TOKEN_FILE": path, "AWS_ROLE_ARN": Self.arn])
            }
            #expect(error?.kind == .keys && error?.description.contains("hush") == false)
        }
    }

    @Test("profiles that go round in a circle are told as one", arguments: [2, 3, 50])
    func circle(count: Int) async throws {
        let sections = (0..<count).map { number in
            "[profile p\(number)]\nrole_arn = \(Self.arn)\nsource_profile = p\((number + 1) % count)\n"
        }
        try ground.folder.write(sections.joined(), to: "config")
        let error = await #expect(throws: AWSError.self) { try await ground.keys(profile: "p0") }
        #expect(error?.kind == .setting && error?.detail.contains("circle: p0 → p1 →") == true)
    }

    @Test("STS's refusal says whose role it was, and IDPCommunicationError is tried again")
    func refusals() async throws {
        let transport = ScriptedTransport { request, _ in
            request.text.contains("WebIdentityToken")
                ? Response(
                    400, "<ErrorResponse><Error><Code>IDPCommunicationError</Code></Error></ErrorResponse>")
                : Response(
                    403,
                    """
                    <ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/x \
                    is not authorized to perform: sts:AssumeRole on resource: \(Self.arn)</Message></Error>
                    <RequestId>abc-1</RequestId></ErrorResponse>
                    """)
        }
        let denied = await #expect(throws: AWSError.self) {
            try await ground.session(variables, transport: transport).assuming(Role(arn: Self.arn)).keys
                .keys()
        }
        #expect(denied?.kind == .denied && denied?.requestID == "abc-1")
        #expect(denied?.description.contains("sts:AssumeRole on resource: \(Self.arn)") == true)
        #expect(transport.requests.count == 1)
        let token = try ground.folder.write("token", to: "token")
        _ = await #expect(throws: AWSError.self) {
            try await ground.keys(
                ["AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": Self.arn], transport: transport)
        }
        #expect(transport.requests.count == 5)
    }

    @Test(
        "an answer of STS's that is none is malformed",
        arguments: ["", "{}", "<a>", "<AssumeRoleResponse/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"])
    func malformed(body: String) async throws {
        let transport = ScriptedTransport { _, _ in Response(200, body) }
        let error = await #expect(throws: AWSError.self) {
            try await ground.session(variables, transport: transport).assuming(Role(arn: Self.arn)).keys
                .keys()
        }
        #expect(error?.kind == .malformed)
    }
}

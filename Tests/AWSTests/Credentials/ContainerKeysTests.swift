import AWS
import Foundation
import HTTP
import HTTPTypes
import Lab
import Registry
import Testing

@Suite("Keys of containers") struct ContainerKeysTests {
    private static let answer = """
        {"AccessKeyId":"ASIACONTAINER","SecretAccessKey":"sec","Token":"tok","Expiration":"2027-01-15T12:00:00Z"}
        """

    private func uri(_ text: String, _ more: [String: String] = [:]) -> [String: String] {
        ["AWS_CONTAINER_CREDENTIALS_FULL_URI": text].merging(more) { $1 }
    }

    @Test("a task's role, at the service's own address")
    func relative() async throws {
        let transport = ScriptedTransport { _, _ in Response(200, Self.answer) }
        let keys = try await LiveGround().keys(
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x?id=1"], transport: transport)
        #expect(keys.id == "ASIACONTAINER" && keys.sessionToken == Secret("tok"))
        #expect(keys.expiry == 1_800_014_400)
        #expect(
            transport.requests.map(\.address.description) == ["http://169.254.170.2/v2/credentials/x?id=1"])
    }

    @Test("a pod's identity, with a token from a file that is read anew each time")
    func pod() async throws {
        let server = try ScriptedServer { request in
            request.headers["Authorization"] == "token-2"
                ? .json(200, Self.answer.replacing("CONTAINER", with: "SECOND"))
                : request.headers["Authorization"] == "token-1" ? .json(200, Self.answer) : .json(401, "{}")
        }
        let ground = try LiveGround()
        try ground.folder.write("token-1", to: "token")
        let session = try ground.session(
            uri(
                "\(server.url)/v1/credentials",
                [
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": ground.folder.file("token"),
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "another",
                ]))
        #expect(try await session.keys.keys().id == "ASIACONTAINER")
        try ground.folder.write("token-2", to: "token")
        ground.clock.pass(14_000)
        #expect(try await session.keys.keys().id == "ASIASECOND")
        #expect(server.requests.map(\.target) == ["/v1/credentials", "/v1/credentials"])
    }

    @Test(
        "no other host is spoken to by plain http",
        arguments: [
            "http://evil.example/", "http://169.254.170.2.evil.example/", "http://169.254.169.254/",
            "http://10.0.0.1/",
            "http://127.0.0.1@evil.example/", "http://localhost.evil.example/", "http://127.evil.example/",
            "http://x.localhost/", "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1",
            "http://[fd00:ec2::24]/", "",
        ])
    func otherHosts(text: String) async throws {
        let transport = ScriptedTransport { _, _ in Response(200, Self.answer) }
        let error = await #expect(throws: AWSError.self) {
            try await LiveGround().keys(
                uri(text, ["AWS_CONTAINER_AUTHORIZATION_TOKEN": "hush"]), transport: transport)
        }
        #expect(transport.requests.isEmpty)
        #expect(error?.kind == (text.isEmpty ? .noKeys : .keys))
    }

    @Test(
        "these are",
        arguments: [
            "http://127.0.0.1:9/x", "http://127.9.9.9/", "http://localhost/", "http://[::1]/",
            "http://169.254.170.2/",
            "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials",
            "https://any.example/keys",
        ])
    func theseHosts(text: String) async throws {
        let transport = ScriptedTransport { _, _ in Response(200, Self.answer) }
        let keys = try await LiveGround().keys(uri(text), transport: transport)
        #expect(keys.id == "ASIACONTAINER")
        #expect(transport.requests.count == 1)
    }

    @Test(
        "a token with a line break is sent to nobody", arguments: ["a\r\nX-Evil: 1", "a\n", "a\u{0}b", "ä"])
    func brokenToken(token: String) async throws {
        let transport = ScriptedTransport { _, _ in Response(200, Self.answer) }
        let ground = try LiveGround()
        try ground.folder.write(token, to: "token")
        for variables in [
            ["AWS_CONTAINER_AUTHORIZATION_TOKEN": token],
            ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": ground.folder.file("token")],
        ] {
            let error = await #expect(throws: AWSError.self) {
                try await ground.keys(uri("http://127.0.0.1/", variables), transport: transport)
            }
            #expect(error?.kind == .keys && transport.requests.isEmpty)
        }
    }

    @Test(
        "junk, huge answers and redirects end in an error, and no other place is looked in",
        arguments: [
            (ScriptedResponse.json(200, "{"), 1), (.json(200, "[]"), 1), (.json(200, "{}"), 1),
            (.json(200, #"{"AccessKeyId":"a b","SecretAccessKey":"s"}"#), 1),
            (.json(200, #"{"AccessKeyId":"a","SecretAccessKey":"s","Expiration":"soon"}"#), 1),
            (ScriptedResponse(200, body: [UInt8](repeating: 65, count: 100_000)), 3), (.json(500, "{}"), 3),
            (ScriptedResponse(302, headers: ["Location": "http://127.0.0.1:1/"]), 3),
        ])
    func junk(answer: ScriptedResponse, asked: Int) async throws {
        let server = try ScriptedServer { _ in answer }
        let ground = try LiveGround()
        let error = await #expect(throws: AWSError.self) { try await ground.keys(uri(server.url + "/x")) }
        #expect(error.map { $0.kind != .noKeys } == true)
        #expect(server.requests.count == asked)
        #expect(ground.waits.with { $0 } == Array(repeating: .seconds(1), count: asked - 1))
    }
}

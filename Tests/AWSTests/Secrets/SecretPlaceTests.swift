import Foundation
import HTTP
import Lab
import Registry
import Testing

@testable import AWS

@Suite("Texts kept in AWS") struct SecretPlaceTests {
    private let clock = SetClock()

    private func session(_ transport: ScriptedTransport, _ variables: [String: String] = [:]) throws
        -> AWSSession
    {
        let all = ["AWS_EC2_METADATA_DISABLED": "true"].merging(variables) { $1 }
        return try AWSSession(
            LoginEnvironment(variables: all), on: .quick(transport, clock: clock)
        ).with(FixedKeys(someKeys()))
    }

    private static func parameter(_ text: String) -> Response {
        let value = (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return Response(200, #"{"Parameter":{"Name":"p","Type":"SecureString","Value":\#(value)}}"#)
    }

    @Test("each is asked for decrypted, by its whole name, in the region that is said or that its ARN names")
    func questions() async throws {
        let transport = ScriptedTransport { request, _ in
            request.field("X-Amz-Target")?.hasPrefix("AmazonSSM") == true
                ? Self.parameter("grün") : Response(200, #"{"SecretBinary":"Z3LDvG4="}"#)
        }
        let session = try session(transport)
        let arn = "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/shared"
        let places: [SecretPlace] = [
            .parameter(name: "p:3", region: try Region("eu-west-1")), .parameter(name: arn, region: nil),
            .secret(name: "s", region: try Region("us-gov-west-1")),
        ]
        for place in places { #expect(try await session.text(at: place).reveal() == "grün") }
        let asked = transport.requests.map { request in
            [request.address.origin.host, request.field("X-Amz-Target") ?? "", request.text]
        }
        #expect(asked[0][0] == "ssm.eu-west-1.amazonaws.com" && asked[0][1] == "AmazonSSM.GetParameter")
        #expect(asked[0][2].contains(#""WithDecryption":true"#) && asked[0][2].contains(#""Name":"p:3""#))
        #expect(asked[1][0] == "ssm.cn-north-1.amazonaws.com.cn")
        #expect(asked[2][0] == "secretsmanager.us-gov-west-1.amazonaws.com")
        #expect(asked[2][2].contains(#""VersionStage":"AWSCURRENT""#))
        let lost = await #expect(throws: AWSError.self) {
            try await session.text(at: .parameter(name: "p", region: nil))
        }
        #expect(lost?.kind == .setting && lost?.detail.contains("no region is said") == true)
    }

    @Test(
        "what is missing or can't be decrypted is told by name",
        arguments: [
            ("ParameterNotFound", "there is no parameter 'p'"),
            ("ParameterVersionNotFound", "no such version or label"),
            ("InvalidKeyId", "the KMS key that parameter 'p' is encrypted with"),
        ])
    func refusals(code: String, reason: String) async throws {
        let session = try session(ScriptedTransport { _, _ in .refusal(400, code) })
        let error = await #expect(throws: AWSError.self) {
            try await session.text(at: .parameter(name: "p", region: Region("eu-west-1")))
        }
        #expect(error?.kind == .refused && error?.code == code)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test("a hundred users of stored keys ask once; refused keys are read again, and so are those that ended")
    func keys() async throws {
        let transport = ScriptedTransport { _, number in
            Self.parameter(#"{"access_key_id":"AKIAREAD\#(number)","secret_access_key":"s"}"#)
        }
        let opened = try session(transport).opening(.parameter(name: "p", region: Region("eu-west-1")))
        #expect(transport.requests.isEmpty)
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await opened.keys.keys().id } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids == ["AKIAREAD1"] && transport.requests.count == 1)
        await opened.keys.refused(try await opened.keys.keys())
        #expect(try await opened.keys.keys().id == "AKIAREAD2")
    }

    @Test("a session that has ended is renewed in mid-call, by what the secret holds then")
    func expired() async throws {
        let transport = ScriptedTransport { request, number in
            if request.field("X-Amz-Target")?.hasSuffix("GetParameter") == true {
                return Self.parameter(
                    #"{"access_key_id":"AKIAREAD\#(number)","secret_access_key":"s","session_token":"t\#(number)"}"#
                )
            }
            return request.field("X-Amz-Security-Token") == "t1"
                ? .refusal(400, "ExpiredTokenException", "The security token is expired")
                : Response(200, "{}")
        }
        let place = SecretPlace.parameter(name: "p", region: try Region("eu-west-1"))
        let client = try session(transport).opening(place).client(.dynamoDB, in: Region("eu-west-1"))
        _ = try await client.call("ListTables", json: [])
        let tokens = transport.requests.map { $0.field("X-Amz-Security-Token") }
        #expect(tokens == [nil, "t1", nil, "t3"])
    }

    @Test("a role beside the keys is taken on with them, and anew before its keys end")
    func role() async throws {
        let arn = "arn:aws:iam::123456789012:role/x"
        let standIn = StandIn.transport
        let transport = ScriptedTransport { request, _ throws(TransportError) in
            guard request.field("X-Amz-Target") == nil else {
                return Self.parameter(
                    #"{"access_key_id":"AKIASTORED","secret_access_key":"s","role_arn":"\#(arn)","external_id":"ext"}"#
                )
            }
            return try await standIn.send(request)
        }
        clock.seconds = 1_800_000_000
        let opened = try session(transport).opening(.parameter(name: "p", region: Region("eu-west-1")))
        #expect(try await opened.keys.keys().id == "<\(arn)|ext|||AKIASTORED>")
        #expect(transport.requests.count == 2)
        _ = try await opened.keys.keys()
        #expect(transport.requests.count == 2)
        clock.seconds = 1_800_057_600 - 600
        _ = try await opened.keys.keys()
        #expect(transport.requests.count == 4)
    }

    @Test("what can't be had is not asked for at each use, but again after a minute")
    func failure() async throws {
        let transport = ScriptedTransport { _, number in
            number == 1
                ? .refusal(400, "ParameterNotFound")
                : Self.parameter(#"{"access_key_id":"AKIA","secret_access_key":"s"}"#)
        }
        let opened = try session(transport).opening(.parameter(name: "p", region: Region("eu-west-1")))
        for _ in 0..<5 {
            let error = await #expect(throws: AWSError.self) { try await opened.keys.keys() }
            #expect(error?.code == "ParameterNotFound")
        }
        #expect(transport.requests.count == 1)
        clock.pass(61)
        #expect(try await opened.keys.keys().id == "AKIA")
    }

    @Test("a login where keys are wanted, and keys where a login is wanted, are told")
    func mixedUp() async throws {
        let texts = [
            #"{"username":"u","password":"SECRETTEXT"}"#,
            #"{"access_key_id":"AKIA","secret_access_key":"SECRETTEXT"}"#,
        ]
        let place = SecretPlace.parameter(name: "p", region: try Region("eu-west-1"))
        let first = try session(ScriptedTransport { _, _ in Self.parameter(texts[0]) }).opening(place)
        let error = await #expect(throws: AWSError.self) { try await first.keys.keys() }
        #expect(error?.description.contains("keys of AWS are wanted") == true)
        let second = StoredLogin(
            try session(ScriptedTransport { _, _ in Self.parameter(texts[1]) }), at: place)
        let other = await #expect(throws: LoginError.self) {
            try await second.login(for: "registry.example.com", repository: nil)
        }
        #expect(other?.description.contains("the registry wants username and password") == true)
        #expect(other?.kind == .malformed && other?.description.contains("SECRET") == false)
    }

    @Test("a login is read once for all, kept, and read again where it is refused, but not for ever")
    func login() async throws {
        let transport = ScriptedTransport { _, number in
            Self.parameter(#"{"username":"u","password":"\#(min(number, 2))"}"#)
        }
        let place = SecretPlace.parameter(name: "p", region: try Region("eu-west-1"))
        let source = StoredLogin(try session(transport), at: place)
        func read() async throws -> Registry.Login {
            try await source.login(for: "r.example.com", repository: nil)
        }
        func basic(_ word: String) -> Registry.Login { .basic(username: "u", password: Secret(word)) }
        let logins = try await withThrowingTaskGroup(of: Registry.Login.self) { group in
            for _ in 0..<100 { group.addTask { try await read() } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(logins == [basic("1")] && transport.requests.count == 1)
        await source.refused(basic("1"), for: "r.example.com", repository: nil)
        #expect(try await read() == basic("2"))
        // The same once more: from then on it is believed for a minute.
        for _ in 0..<5 {
            await source.refused(basic("2"), for: "r.example.com", repository: nil)
            #expect(try await read() == basic("2"))
        }
        #expect(transport.requests.count == 3)
        clock.pass(61)
        await source.refused(basic("2"), for: "r.example.com", repository: nil)
        _ = try await read()
        #expect(transport.requests.count == 4)
    }

    @Test(
        "those who wait for a reading that fails share its failure; a slow service passes, a missing one does not"
    )
    func sharedFailure() async throws {
        let transport = ScriptedTransport { _, _ in Response(503) }
        let place = SecretPlace.secret(name: "s", region: try Region("eu-west-1"))
        let source = StoredLogin(try session(transport), at: place)
        let error = await #expect(throws: LoginError.self) {
            try await source.login(for: "r.example.com", repository: nil)
        }
        #expect(error?.isTransient == true)
        let missing = StoredLogin(
            try session(ScriptedTransport { _, _ in .refusal(400, "ResourceNotFoundException") }), at: place)
        let other = await #expect(throws: LoginError.self) {
            try await missing.login(for: "r.example.com", repository: nil)
        }
        #expect(other?.isTransient == false && other?.detail.contains("there is no secret 's'") == true)
    }
}

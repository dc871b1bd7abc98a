import AWS
import Foundation
import HTTP
import Lab
import Registry
import Testing

@Suite("Keys of instances") struct InstanceKeysTests {
    private static let keys = """
        {"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIAINSTANCE","SecretAccessKey":"s","Token":"t",
        "Expiration":"2027-01-15T14:00:00Z"}
        """

    /// A metadata service of version 2: nothing without a token.
    private func service(keys: String = Self.keys, role: String = "mirror-role") throws -> ScriptedServer {
        try ScriptedServer { request in
            if request.path == "/latest/api/token" {
                let isAsked =
                    request.method == "PUT"
                    && request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
                return isAsked ? ScriptedResponse(200, body: "a-token") : ScriptedResponse(405)
            }
            guard request.headers["x-aws-ec2-metadata-token"] == "a-token" else {
                return ScriptedResponse(401)
            }
            switch request.path {
            case "/latest/meta-data/iam/security-credentials/":
                return role.isEmpty ? ScriptedResponse(404) : ScriptedResponse(200, body: role)
            case "/latest/meta-data/iam/security-credentials/mirror-role": return .json(200, keys)
            default: return ScriptedResponse(404)
            }
        }
    }

    private func variables(_ url: String) -> [String: String] {
        ["AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": url]
    }

    @Test("a token first, then the role, then its keys", arguments: ["", "/"])
    func found(slash: String) async throws {
        let service = try service()
        let keys = try await LiveGround().keys(variables(service.url + slash))
        #expect(keys.id == "ASIAINSTANCE" && keys.expiry == 1_800_021_600)
        #expect(service.requests.map(\.method) == ["PUT", "GET", "GET"])
    }

    @Test("keys that the service could not renew are used on for a while")
    func stale() async throws {
        let service = try service(keys: Self.keys.replacing("2027-01-15T14", with: "2027-01-15T07"))
        let ground = try LiveGround()
        let session = try ground.session(variables(service.url))
        #expect(try await session.keys.keys().expiry == 1_800_000_000 + 900 + 360)
    }

    @Test("without a role, without an answer or when it is shut off there are no keys, which is said")
    func absent() async throws {
        let ground = try LiveGround()
        let without = try service(role: "")
        for (variables, words) in [
            (variables(without.url), "no role"),
            (variables("http://127.0.0.1:1"), "no instance metadata service"),
            (["AWS_EC2_METADATA_DISABLED": "TRUE"], "AWS_EC2_METADATA_DISABLED"),
        ] {
            let error = await #expect(throws: AWSError.self) { try await ground.keys(variables) }
            #expect(error?.kind == .noKeys)
            #expect(error?.detail.contains(words) == true, "\(error.map(String.init(describing:)) ?? "")")
        }
    }

    @Test("the first version, which anybody on the machine can be tricked into, is not spoken")
    func oldVersion() async throws {
        let service = try ScriptedServer { request in
            request.method == "PUT" ? ScriptedResponse(404) : .json(200, Self.keys)
        }
        let error = await #expect(throws: AWSError.self) {
            try await LiveGround().keys(variables(service.url))
        }
        #expect(error?.kind == .noKeys && service.requests.count == 1)
    }

    @Test(
        "a role without keys, junk and huge answers are errors",
        arguments: [
            #"{"Code":"AssumeRoleUnauthorizedAccess","Message":"no"}"#, "<html>", "{}",
            String(repeating: "x", count: 70_000),
        ])
    func junk(keys: String) async throws {
        let service = try service(keys: keys)
        let error = await #expect(throws: AWSError.self) {
            try await LiveGround().keys(variables(service.url))
        }
        #expect(error.map { $0.kind != .noKeys } == true)
    }

    @Test("a service that hangs is waited for a second, not for ever")
    func silence() async throws {
        let service = try ScriptedServer { _ in ScriptedResponse(0) }
        let start = ContinuousClock.now
        let error = await #expect(throws: AWSError.self) {
            try await LiveGround().keys(variables(service.url))
        }
        #expect(error?.kind == .noKeys)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test("a role's name does not lead elsewhere")
    func oddRole() async throws {
        let service = try service(role: "../../user-data")
        let error = await #expect(throws: AWSError.self) {
            try await LiveGround().keys(variables(service.url))
        }
        #expect(error?.kind == .keys)
        #expect(
            service.requests.last?.path == "/latest/meta-data/iam/security-credentials/..%2F..%2Fuser-data")
    }
}

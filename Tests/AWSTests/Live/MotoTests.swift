import AWS
import Foundation
import HTTP
import HTTPTypes
import Lab
import Registry
import Testing

@Suite("Before a judge of signatures", .enabled(if: Judge.isInstalled), .serialized)
struct MotoTests {
    private struct Named: Encodable { var repositoryName: String }
    private struct Repositories: Decodable {
        struct Repository: Decodable {
            var repositoryName: String
            var createdAt: Date
        }
        var repositories: [Repository]
    }
    private struct None: Encodable {}

    @Test("every kind of call with every kind of keys")
    func all() async throws {
        let moto = try await MotoServer()
        try await identity(moto)
        try await registry(moto)
        try await others(moto)
        try await refusals(moto)
        try await role(moto)
        try await instance(moto)
        try await many(moto)
        try await moto.stop()
    }

    private func identity(_ moto: MotoServer) async throws {
        let caller = try await moto.session().caller()
        #expect(
            caller == CallerIdentity(account: "123456789012", arn: "arn:aws:iam::123456789012:user/mirror"))
    }

    private func registry(_ moto: MotoServer) async throws {
        let ecr = try moto.session().client(.ecr)
        _ = try await ecr.call("CreateRepository", json: Array(#"{"repositoryName":"team/app"}"#.utf8))
        let found: Repositories = try await ecr.call("DescribeRepositories", None())
        #expect(found.repositories.map(\.repositoryName) == ["team/app"])
        #expect(try #require(found.repositories.first).createdAt > Date(timeIntervalSinceNow: -3600))
        let missing = await #expect(throws: AWSError.self) {
            let _: Repositories = try await ecr.call("ListImages", Named(repositoryName: "ünknown"))
        }
        #expect(missing?.kind == .refused && missing?.code.isEmpty == false)
    }

    private func others(_ moto: MotoServer) async throws {
        let session = try moto.session()
        let ssm = try session.client(.ssm)
        let put = #"{"Name":"drh-credentials","Value":"grün","Type":"SecureString"}"#
        _ = try await ssm.call("PutParameter", json: Array(put.utf8))
        let got = try await ssm.call(
            "GetParameter", json: Array(#"{"Name":"drh-credentials","WithDecryption":true}"#.utf8))
        let text = String(decoding: got, as: UTF8.self)
        #expect(text.contains("gr\\u00fcn") || text.contains("grün"))
        let tables = try await session.client(.dynamoDB).call("ListTables", json: [])
        #expect(String(decoding: tables, as: UTF8.self).contains("TableNames"))
    }

    private func refusals(_ moto: MotoServer) async throws {
        let cases: [(variables: [String: String], kind: AWSError.Kind, code: String)] = [
            (["AWS_SECRET_ACCESS_KEY": "wrong-and-long-enough"], .denied, "SignatureDoesNotMatch"),
            (["AWS_ACCESS_KEY_ID": "AKIAUNKNOWNUNKNOWN00"], .keysRefused, "InvalidClientTokenId"),
        ]
        for refusal in cases {
            for service in [Service.ecr, .ssm] {
                let client = try moto.session(refusal.variables).client(service)
                let action = service == .ecr ? "DescribeRepositories" : "DescribeParameters"
                let error = await #expect(throws: AWSError.self) { try await client.call(action, json: []) }
                #expect(error?.kind == refusal.kind)
                #expect(error?.code == refusal.code || error?.code == "UnrecognizedClientException")
            }
        }
        // The user has no right to secrets; a service of JSON is told so in XML.
        let denied = await #expect(throws: AWSError.self) {
            try await moto.session().client(.secretsManager).call("ListSecrets", json: [])
        }
        #expect(denied?.kind == .denied && denied?.code.hasPrefix("AccessDenied") == true)
        #expect(denied?.description.contains("secretsmanager:ListSecrets") == true)
    }

    private func role(_ moto: MotoServer) async throws {
        let session = try moto.session().assuming(
            Role(arn: moto.user.role, externalID: "theirs", duration: 900))
        let keys = try await session.keys.keys()
        #expect(keys.sessionToken != nil && keys.expiry != nil)
        let found: Repositories = try await session.client(.ecr).call("DescribeRepositories", None())
        #expect(found.repositories.count == 1)
        #expect(try await session.caller().arn.contains("assumed-role/reader/davit-"))
        let denied = await #expect(throws: AWSError.self) {
            try await session.client(.ecr).call(
                "CreateRepository", json: Array(#"{"repositoryName":"x"}"#.utf8))
        }
        #expect(denied?.kind == .denied)
        // The same keys without their token are nobody's.
        var bare = keys
        bare.sessionToken = nil
        let nobody = await #expect(throws: AWSError.self) {
            try await moto.session().with(FixedKeys(bare)).client(.ecr).call("DescribeRepositories", json: [])
        }
        #expect(nobody?.kind == .keysRefused || nobody?.kind == .denied)
    }

    private func instance(_ moto: MotoServer) async throws {
        let session = try moto.session([
            "AWS_ACCESS_KEY_ID": "", "AWS_EC2_METADATA_DISABLED": "",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": moto.url,
        ])
        let keys = try await session.keys.keys()
        #expect(
            !keys.id.isEmpty && keys.sessionToken != nil && keys.origin == "the instance metadata service")
    }

    private func many(_ moto: MotoServer) async throws {
        let ecr = try moto.session().client(.ecr)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    let found: Repositories = try await ecr.call("DescribeRepositories", None())
                    return found.repositories.count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(count == 60)
    }
}

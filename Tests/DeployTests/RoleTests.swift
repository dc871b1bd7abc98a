import Foundation
import Lab
import Testing

@Suite("The template's roles", .enabled(if: Judge.isInstalled))
struct RoleTests {
    private struct Case: Encodable {
        var region = "us-east-1"
        var parameters: [String: String] = [:]
    }
    private struct Right: Decodable, Hashable {
        var action: String
        var resource: String
        var condition: String
    }
    private struct Answer: Decodable {
        var unknown: [String]
        var cases: [[String: [Right]]]
    }
    private struct Actions: Decodable {
        var called: [String]
        var behindTheRegistry: [String]
        var free: [String]
    }
    /// Everything at once that the parameters can let in.
    private static let all = [
        Case(parameters: ["srcImageList": "a,b", "assumableRoleArns": "arn:aws:iam::1:role/a"]),
        Case(parameters: ["sourceType": "Public"]),
        Case(parameters: ["srcCredential": "theirs", "credentialKeyArn": "arn:aws:kms:us-east-1:1:key/k"]),
    ]

    private func actions() throws -> Actions {
        let text = try Judge.text("Tests/DeployTests/actions.json")
        return try JSONDecoder().decode(Actions.self, from: Data(text.utf8))
    }

    private func rights(_ one: Case, of role: String = "TaskRole") async throws -> [Right] {
        let answer: Answer = try await Judge.ask("roles.py", [one])
        return try #require(answer.cases.first?[role])
    }

    @Test("let the task do each thing that davit calls, and nothing that is not listed")
    func complete() async throws {
        let answer: Answer = try await Judge.ask("roles.py", Self.all)
        #expect(answer.unknown == [])
        let allowed = Set(answer.cases.flatMap { $0["TaskRole"] ?? [] }.map(\.action))
        let listed = try actions()
        #expect(allowed == Set(listed.called + listed.behindTheRegistry + ["kms:Decrypt"]))
    }

    @Test("know every call that stands in the sources, and no other")
    func called() async throws {
        let folder = Judge.path("Sources/AWS")
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        let sources = try files.filter { $0.hasSuffix(".swift") }.map {
            try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
        }
        let words = Set(sources.flatMap { $0.matches(of: /"([A-Z][A-Za-z]+)"/).map { String($0.output.1) } })
        let operations: [String: [String]] = try await Judge.ask("operations.py", on: nil, words.sorted())
        #expect(operations["AssumeRole"] == ["sts"])
        let stand = Set(operations.flatMap { name, services in services.map { "\($0):\(name)" } })
        let spoken = Set(stand.compactMap { $0.split(separator: ":").first })
        let listed = try actions()
        let names = Set(
            (listed.called + listed.free).compactMap { $0.split(separator: ":").last.map(String.init) })
        #expect(
            Set(operations.keys).subtracting(names) == [], "add them to actions.json and to the task's role")
        let unused = listed.called.filter { action in
            !stand.contains(action) && action.split(separator: ":").first.map(spoken.contains) == true
        }
        #expect(unused == [], "take them out of actions.json and of the task's role")
    }

    @Test("name what they let be done to")
    func scoped() async throws {
        let answer: Answer = try await Judge.ask("roles.py", Self.all)
        let wide: Set<String> = [
            "ecr:GetAuthorizationToken", "ecr:GetAccountSetting", "ecr-public:GetAuthorizationToken",
            "sts:GetServiceBearerToken",
        ]
        for (role, rights) in answer.cases.flatMap({ $0 }) {
            for right in rights where right.resource == "*" {
                let isLog = right.action.hasPrefix("logs:") || right.action.hasPrefix("xray:")
                #expect(wide.contains(right.action) || role == "RunRole" && isLog, "\(role): \(right)")
            }
            #expect(rights.allSatisfy { !$0.action.contains("*") })
        }
    }

    @Test("let the task read only the secrets that are named, and no registry that keys open")
    func secrets() async throws {
        let named = Case(
            region: "cn-north-1",
            parameters: [
                "srcCredential": "drh/source", "destCredential": "drh-dest", "sourceType": "Amazon_ECR",
            ])
        let rights = try await rights(named)
        #expect(!rights.contains { $0.action.hasPrefix("ecr:") })
        let secrets = rights.filter { $0.action == "secretsmanager:GetSecretValue" }.map(\.resource)
        let place = "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:"
        #expect(secrets == ["\(place)drh/source-??????", "\(place)drh-dest-??????"])
        #expect(!rights.contains { $0.action.hasPrefix("ssm:") })
        var stored = named
        stored.parameters["credentialStore"] = "ParameterStore"
        let parameters = try await self.rights(stored).filter { $0.action == "ssm:GetParameter" }.map(
            \.resource)
        let store = "arn:aws-cn:ssm:cn-north-1:111122223333:parameter/"
        #expect(parameters == ["\(store)drh/source", "\(store)drh-dest"])
    }

    @Test("read at the source, and write only under the destination's prefix")
    func registries() async throws {
        let rights = try await rights(
            Case(parameters: [
                "srcRegion": "eu-west-1", "srcAccountId": "999988887777", "destRegion": "eu-central-1",
                "destPrefix": "mirror/",
            ]))
        let source = "arn:aws:ecr:eu-west-1:999988887777:repository/*"
        let destination = "arn:aws:ecr:eu-central-1:111122223333:repository/mirror/*"
        let writing = rights.filter {
            $0.action.wholeMatch(of: #/ecr:(Put|Create|Set|Tag|Initiate|Upload|Complete)[A-Za-z]+/#) != nil
        }
        #expect(writing.count == 10 && Set(writing.map(\.resource)) == [destination])
        #expect(rights.contains { $0.action == "ecr:BatchGetImage" && $0.resource == source })
    }

    @Test("let a run start this task in this cluster alone")
    func run() async throws {
        let rights = try await rights(Case(parameters: ["ecsClusterName": "ours"]), of: "RunRole")
        let start = try #require(rights.first { $0.action == "ecs:RunTask" })
        #expect(start.resource == "arn:aws:ecs:us-east-1:111122223333:task-definition/mirror-davit:*")
        #expect(start.condition.contains("cluster/ours"))
        let passed = rights.filter { $0.action == "iam:PassRole" }
        #expect(passed.count == 2 && passed.allSatisfy { $0.condition.contains("ecs-tasks.amazonaws.com") })
    }
}

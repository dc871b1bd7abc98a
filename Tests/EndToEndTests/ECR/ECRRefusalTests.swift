import Foundation
import Lab
import Testing

@Suite("Amazon ECR, refusing", .serialized, .enabled(if: Judges.areInstalled), .timeLimit(.minutes(3)))
struct ECRRefusalTests {
    private func yard() throws -> (yard: ECRYard, source: DockerRegistry) {
        let source = try DockerRegistry()
        try Seeder(source.endpoint).push(Shape())
        return (try ECRYard([.there, ECRPlace(ECRYard.other, "us-east-1")]), source)
    }

    private func write(
        _ yard: ECRYard, from source: DockerRegistry, to place: ECRPlace = .there, named: Bool = true,
        _ more: String = ""
    ) throws {
        try yard.davit.write(
            Rule().yaml(from: source.host, to: "there") + yard.registry("there", place, named: named, more))
    }

    @Test("an account that the keys do not belong to is refused before anything is written")
    func account() async throws {
        let (yard, source) = try yard()
        try write(yard, from: source, to: ECRPlace(ECRYard.other, "us-east-1"))
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 1)
        let told = pass.output + pass.errors
        #expect(told.contains(ECRYard.own) && told.contains(ECRYard.other), "\(told)")
        #expect(try yard.front.counts() == ["sts:GetCallerIdentity": 1])
    }

    @Test("without an account, the registry is that of the keys")
    func own() async throws {
        let (yard, source) = try yard()
        try write(yard, from: source, named: false)
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(
            (pass.output + pass.errors).contains("\(ECRYard.own).dkr.ecr.us-east-1.amazonaws.com/lab/r001"))
    }

    @Test("wrong keys and a missing permission are told by what is wrong and by the action's name")
    func permission() async throws {
        let (yard, source) = try yard()
        try write(yard, from: source)
        try yard.front.deny("ecr:CreateRepository", to: ECRYard.own)
        let denied = try await yard.davit("reconcile")
        #expect(denied.status == 1)
        #expect((denied.output + denied.errors).contains("ecr:CreateRepository"), "\(denied.errors)")
        try yard.front.deny(to: ECRYard.own)
        var variables = try yard.front.environment(as: ECRYard.own, region: "us-east-1")
        variables["AWS_SECRET_ACCESS_KEY"] = "wrong/and/secret"
        let other = try Davit(variables)
        try other.write(
            Rule().yaml(from: source.host, to: "there") + yard.registry("there", .there))
        let wrong = try await other("reconcile")
        #expect(wrong.status == 1)
        #expect((wrong.output + wrong.errors).contains("ignature"), "\(wrong.errors)")
        #expect(!(wrong.output + wrong.errors).contains("wrong/and/secret"))
    }

    @Test("createRepositories: false makes none, and says so")
    func none() async throws {
        let (yard, source) = try yard()
        try write(yard, from: source, ", createRepositories: false")
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 1)
        #expect((pass.output + pass.errors).contains("createRepositories: false"), "\(pass.errors)")
        #expect(try yard.front.counts()["ecr:CreateRepository"] == nil)
    }

    @Test("what the manifests say of new repositories is what they are like")
    func settings() async throws {
        let (yard, source) = try yard()
        let keep =
            #"{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":5},"action":{"type":"expire"}}]}"#
        try yard.davit.write(keep, to: "keep.json")
        try write(
            yard, from: source,
            ", createRepositories: { immutableTags: { except: [\"dev-*\"] }, scanOnPush: true, lifecyclePolicyFile: keep.json, tags: { team: web } }"
        )
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let answers = try await yard.front.boto(
            BotoCall("ecr", "describe_repositories", region: "us-east-1"),
            BotoCall("ecr", "get_lifecycle_policy", ["repositoryName": "lab/r001"], region: "us-east-1"),
            as: ECRYard.own)
        let made = answers[0]["repositories"]?.list.first
        #expect(made?["imageTagMutability"]?.text == "IMMUTABLE_WITH_EXCLUSION")
        #expect(made?["imageScanningConfiguration"]?["scanOnPush"] == .flag(true))
        #expect(answers[1]["lifecyclePolicyText"]?.text == keep)
        #expect(try yard.front.violations() == [])
    }

    @Test(
        "a token that ends in the middle is asked for anew, whichever way its end is told",
        arguments: [403, 401])
    func token(status: Int) async throws {
        let (yard, source) = try yard()
        try write(yard, from: source)
        try Seeder(source.endpoint).push(Shape { $0.tags = 30 })
        try yard.front.set { $0.expiredTokenStatus = status }
        let program = try yard.davit.start("reconcile")
        let front = yard.front
        try await offPool {
            _ = try eventually(within: 20) { try front.counts()["manifest put", default: 0] >= 5 }
            try front.expireTokens()
        }
        let pass = try await program.end(timeout: 60)
        #expect(pass.status == 0, "\(pass.output) \(pass.errors)")
        #expect(try front.counts()["ecr:GetAuthorizationToken"] == 2)
    }

    @Test("a token is renewed well before its end")
    func early() async throws {
        let (yard, source) = try yard()
        try write(yard, from: source)
        try Seeder(source.endpoint).push(Shape { $0.tags = 40 })
        try yard.front.set { $0.tokenLife = 3 }
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let asked = try yard.front.requests()
        #expect(asked.count { $0.action == "GetAuthorizationToken" } >= 2)
        #expect(asked.filter { $0.status == 403 } == [])
    }

    @Test("a credential for other hosts opens nothing")
    func hosts() async throws {
        let (yard, source) = try yard()
        try yard.davit.write(
            Rule().yaml(from: source.host, to: "there")
                + yard.registry("there", .there, ", credential: writer")
                + "---\napiVersion: davit/v1\nkind: Credential\nmetadata: { name: writer }\n"
                + "spec: { assumeRole: { roleArn: \"arn:aws:iam::\(ECRYard.other):role/writer\" }, hosts: [\"*.amazonaws.com.cn\"] }\n"
        )
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 1)
        #expect(pass.errors.contains("is only for *.amazonaws.com.cn"), "\(pass.errors)")
        #expect(try yard.front.counts() == [:])
    }

    @Test("a registry that can't be opened fails its own rules: the others run, and the report says so")
    func unopened() async throws {
        let (yard, source) = try yard()
        let plain = try DockerRegistry()
        try yard.front.deny("sts:GetCallerIdentity", to: ECRYard.own)
        var variables = try yard.front.environment(as: ECRYard.own, region: "us-east-1")
        variables["AWS_ACCESS_KEY_ID"] = "AKIAUNKNOWNUNKNOWN00"
        let davit = try Davit(variables)
        try davit.write(
            Rule { $0.name = "broken" }.yaml(from: source.host, to: "there")
                + yard.registry("there", .there, named: false))
        try davit.write(Rule { $0.name = "whole" }.yaml(from: source.host, to: plain.host), to: "whole.yaml")
        let pass = try await davit("reconcile", "--output", "json")
        let report = try ReportJSON(pass)
        #expect(pass.status == 1)
        #expect(
            report.pass.faults.contains { $0.hasPrefix("rule broken: Registry there: ") }, "\(pass.errors)")
        #expect(report.pass.images.map(\.result) == ["copied"])
    }

    @Test("a policy that could not be set when its repository was made is set by the next try")
    func halfMade() async throws {
        let (yard, source) = try yard()
        let keep =
            #"{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":5},"action":{"type":"expire"}}]}"#
        try yard.davit.write(keep, to: "keep.json")
        try yard.davit.write(
            Rule { $0.retries = 2 }.yaml(from: source.host, to: "there")
                + yard.registry("there", .there, ", createRepositories: { lifecyclePolicyFile: keep.json }"))
        // More than the tries of one call.
        try yard.front.throttle("ecr:PutLifecyclePolicy", next: 4)
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let answers = try await yard.front.boto(
            BotoCall("ecr", "get_lifecycle_policy", ["repositoryName": "lab/r001"], region: "us-east-1"),
            as: ECRYard.own)
        #expect(answers[0]["lifecyclePolicyText"]?.text == keep)
        #expect(try yard.front.counts()["ecr:CreateRepository"] == 2)
    }
}

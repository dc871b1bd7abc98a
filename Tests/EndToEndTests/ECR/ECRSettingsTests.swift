import Foundation
import Lab
import Testing

@Suite(
    "Settings of ECR's repositories", .serialized, .enabled(if: Judges.areInstalled), .timeLimit(.minutes(3)))
struct ECRSettingsTests {
    private static let policy =
        #"{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":5},"action":{"type":"expire"}}]}"#

    /// A yard with a repository that is there already, and a rule that wants it otherwise.
    private func yard(_ more: String) throws -> (yard: ECRYard, source: DockerRegistry) {
        let (yard, source) = (try ECRYard([.there]), try DockerRegistry())
        try Seeder(source.endpoint).push(Shape())
        try yard.front.create("lab/r001", at: .there)
        try yard.davit.write(Self.policy, to: "keep.json")
        let wanted =
            ", createRepositories: { immutableTags: true, scanOnPush: true, lifecyclePolicyFile: keep.json, tags: { team: web }\(more) }"
        try yard.davit.write(
            Rule().yaml(from: source.host, to: "there") + yard.registry("there", .there, wanted))
        return (yard, source)
    }

    @Test("drift is shown in the diff, and left as it is")
    func shown() async throws {
        let (yard, source) = try yard("")
        defer { source.stop() }
        #expect(try await yard.davit("reconcile").status == 0)
        try yard.front.reset()
        let diff = try await yard.davit("diff")
        #expect(diff.status == 0, "\(diff.errors)")
        for line in [
            "imageTagMutability  MUTABLE -> IMMUTABLE", "scanOnPush  false -> true",
            "lifecyclePolicy  none -> that of the manifest", "tag team  none -> web",
        ] { #expect(diff.output.contains(line), "\(diff.output)") }
        // The list, the catalog, one for each policy and the tags that the manifests name, and whose keys they are.
        #expect(
            try yard.front.counts() == [
                "ecr:DescribeImages": 1, "ecr:DescribeRepositories": 1, "ecr:GetLifecyclePolicy": 1,
                "ecr:ListTagsForResource": 1, "sts:GetCallerIdentity": 1,
            ])
        try yard.front.reset()
        #expect(try await yard.davit("reconcile").status == 0)
        #expect(try yard.front.counts() == ["ecr:DescribeImages": 1, "sts:GetCallerIdentity": 1])
    }

    @Test("enforce: true is a difference to the diff, and made so by a reconcile, once")
    func enforced() async throws {
        let (yard, source) = try yard(", enforce: true")
        defer { source.stop() }
        #expect(try await yard.davit("diff").status == 2)
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(pass.errors.contains("scanOnPush was false, and is now true"))
        let answers = try await yard.front.boto(
            BotoCall("ecr", "describe_repositories", region: "us-east-1"),
            BotoCall("ecr", "get_lifecycle_policy", ["repositoryName": "lab/r001"], region: "us-east-1"),
            as: ECRYard.own)
        #expect(answers[0]["repositories"]?.list.first?["imageTagMutability"]?.text == "IMMUTABLE")
        #expect(answers[1]["lifecyclePolicyText"]?.text == Self.policy)
        #expect(try await yard.davit("diff").status == 0)
        #expect(try yard.front.violations() == [])
    }
}

import Foundation
import Lab
import Testing

@Suite("Lists of ECR", .serialized, .enabled(if: Judges.areInstalled), .timeLimit(.minutes(3)))
struct ECRListTests {
    private func yard(_ rule: Rule, tags: Int, untagged: Int = 0) throws -> ECRYard {
        let yard = try ECRYard()
        for place in [ECRPlace.here, .there] {
            try yard.front.create("team/app", at: place)
            try yard.front.fill("team/app", at: place, tags: tags, untagged: untagged)
        }
        try yard.davit.write(
            rule.yaml(from: "here", to: "there") + yard.registry("here", .here)
                + yard.registry("there", .there))
        try yard.front.reset()
        return yard
    }

    @Test("what has no tag costs a page a thousand, on each side")
    func untagged() async throws {
        let yard = try yard(Rule { $0.images = [Rule.all("team/app")] }, tags: 300, untagged: 2_400)
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(try yard.front.counts() == ["ecr:DescribeImages": 6, "sts:GetCallerIdentity": 1])
    }

    @Test("one tag of a long list costs a page and a head a side")
    func long() async throws {
        let yard = try ECRYard()
        for place in [ECRPlace.here, .there] {
            try yard.seed([ImageMaker().image()], at: place)
            try yard.front.fill("lab/r001", at: place, tags: 30_000)
        }
        let one = Rule {
            $0.images = [Rule.named("lab/r001", "v001")]
            $0.more = ["referrers: false"]
        }
        try yard.davit.write(
            one.yaml(from: "here", to: "there") + yard.registry("here", .here)
                + yard.registry("there", .there))
        try yard.front.reset()
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let counts = try yard.front.counts()
        #expect(counts["ecr:DescribeImages"] == 2, "\(counts)")
        #expect(counts["manifest head", default: 0] <= 2, "\(counts)")
        #expect(try yard.front.violations() == [])
    }

    @Test(
        "an archived image is left out of what a pattern selects, and fails alone where it is named",
        arguments: [true, false])
    func archived(isNamed: Bool) async throws {
        let yard = try ECRYard()
        try yard.seed(ImageMaker(Shape { $0.tags = 2 }).images(), at: .here)
        try yard.front.archive("v001", in: "lab/r001", at: .here)
        let rule = Rule { if isNamed { $0.images = [Rule.named("lab/r001", "v001", "v002")] } }
        try yard.davit.write(
            rule.yaml(from: "here", to: "there") + yard.registry("here", .here)
                + yard.registry("there", .there))
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == (isNamed ? 1 : 0), "\(pass.errors)")
        let word = isNamed ? "archived; restore it" : "1 of its tags are archived"
        #expect((pass.output + pass.errors).contains(word), "\(pass.errors)")
        #expect(try yard.front.contents(.there)["lab/r001"]?.keys.sorted() == ["v002"])
    }

    @Test("signatures and what hangs on images travel, and are known by the lists when they are there")
    func referrers() async throws {
        let yard = try ECRYard()
        let image = try ImageMaker().image()
        let attached = (0..<3).map { image.referrer("text/plain+\($0)", note: "\($0)") }
        try yard.seed([image], at: .here)
        // What has no tag is known to the registry's own door alone.
        let door = try yard.front.registryEndpoint(account: ECRYard.own, region: "eu-west-1")
        try Seeder(door, login: yard.front.login(.here)).push(attached, listed: false)
        try yard.davit.write(
            Rule().yaml(from: "here", to: "there") + yard.registry("here", .here)
                + yard.registry("there", .there))
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let answers = try await yard.front.boto(
            BotoCall(
                "ecr", "describe_images", ["repositoryName": "lab/r001"], region: "us-east-1", page: 100),
            as: ECRYard.own)
        let subjects = (answers[0]["imageDetails"]?.list ?? []).compactMap {
            $0["subjectManifestDigest"]?.text
        }
        #expect(subjects == [image.digest, image.digest, image.digest])
        try yard.front.reset()
        #expect(try await yard.davit("reconcile").status == 0)
        #expect(try yard.front.counts() == ["ecr:DescribeImages": 2, "sts:GetCallerIdentity": 1])
        #expect(try yard.front.violations() == [])
    }
}

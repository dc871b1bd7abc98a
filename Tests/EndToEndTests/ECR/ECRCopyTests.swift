import Foundation
import Lab
import Testing

@Suite("Amazon ECR", .serialized, .enabled(if: Judges.areInstalled), .timeLimit(.minutes(3)))
struct ECRCopyTests {
    private func rule(_ shape: Shape, _ change: (inout Rule) -> Void = { _ in }) -> Rule {
        Rule {
            $0.images = shape.repositoryNames.map { Rule.all($0) }
            change(&$0)
        }
    }

    @Test(
        "an account's registry is copied to another region: repositories are made, boto3 sees every tag, and a second pass costs lists alone"
    )
    func regions() async throws {
        let yard = try ECRYard()
        let shape = Shape {
            $0.repositories = 3
            $0.tags = 2
            $0.platforms = ["linux/amd64", "linux/arm64"]
        }
        try yard.seed(ImageMaker(shape).images(), at: .here)
        try yard.davit.write(
            rule(shape).yaml(from: "here", to: "there") + yard.registry("here", .here)
                + yard.registry("there", .there))
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(pass.output.contains("444") == false)
        let source = try yard.front.registry(account: ECRYard.own, region: "eu-west-1")
        #expect(try await yard.differences(shape, from: source, to: .there) == [])
        let calls = shape.repositoryNames.map {
            BotoCall("ecr", "list_images", ["repositoryName": .text($0)], region: "us-east-1")
        }
        // An index's children are read together, and nothing is asked for by itself that a list has told.
        let cold = try yard.front.counts()
        #expect(cold["ecr:BatchGetImage"] == 6 && cold["manifest get"] == 6, "\(cold)")
        #expect(cold["manifest head"] == nil && cold["blob head"] == nil, "\(cold)")
        let lists = try await yard.front.boto(calls[0], calls[1], calls[2], as: ECRYard.own)
        for list in lists {
            let tags = Set((list["imageIds"]?.list ?? []).compactMap { $0["imageTag"]?.text })
            #expect(tags == Set(shape.tagNames))
        }
        #expect(try yard.front.violations() == [])

        try yard.front.reset()
        let second = try await yard.davit("reconcile")
        #expect(second.status == 0, "\(second.errors)")
        // Three lists a side, and whose keys they are.
        #expect(try yard.front.counts() == ["ecr:DescribeImages": 6, "sts:GetCallerIdentity": 1])
    }

    @Test("ten thousand tags in a hundred repositories, the same on both sides, take at most 220 requests")
    func idle() async throws {
        let yard = try ECRYard()
        for number in 0..<100 {
            for place in [ECRPlace.here, .there] {
                try yard.front.create("team/r\(number)", at: place)
                try yard.front.fill("team/r\(number)", at: place, tags: 100)
            }
        }
        let all = Rule {
            $0.images = [#"{ repositories: { include: ["**"] }, tags: { include: ["*"] } }"#]
        }
        try yard.davit.write(
            all.yaml(from: "here", to: "there") + yard.registry("here", .here)
                + yard.registry("there", .there))
        try yard.front.reset()
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(
            pass.output.contains("10000 in sync") || pass.output.contains("10,000 in sync"), "\(pass.output)")
        let (requests, counts) = (try yard.requests(), try yard.front.counts())
        #expect(requests <= 220)
        // The catalog, a page a repository and side, and whose keys they are.
        #expect(requests == 1 + 100 + 100 + 1, "\(counts)")
        #expect(try yard.front.violations() == [])
    }

    @Test("blobs that a repository may have are asked for a hundred at a time")
    func blobs() async throws {
        let yard = try ECRYard([.there])
        let source = try DockerRegistry()
        try Seeder(source.endpoint).push(Shape())
        try yard.davit.write(
            rule(Shape()).yaml(from: source.host, to: "there") + yard.registry("there", .there))
        #expect(try await yard.davit("reconcile").status == 0)
        var image = try ImageMaker(
            Shape {
                $0.seed = 5
                $0.layerSizes = Array(repeating: 64, count: 120)
            }
        ).image()
        image.tag = "v002"
        try Seeder(source.endpoint).push(image)
        try yard.front.reset()
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let counts = try yard.front.counts()
        // 120 layers and a config.
        #expect(counts["ecr:BatchCheckLayerAvailability"] == 2, "\(counts)")
        #expect(counts["blob head"] == nil, "\(counts)")
        #expect(try await yard.front.agrees(with: 2, at: .there))
        #expect(try yard.front.violations() == [])
    }

    @Test("an index of five platforms is put in exactly six PUTs")
    func index() async throws {
        let yard = try ECRYard()
        let source = try DockerRegistry()
        let shape = Shape {
            $0.platforms = [
                "linux/amd64", "linux/arm64", "linux/arm/v7", "linux/s390x", "linux/ppc64le",
            ]
        }
        try Seeder(source.endpoint).push(shape)
        try yard.davit.write(
            rule(shape).yaml(from: source.host, to: "there") + yard.registry("there", .there))
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let counts = try yard.front.counts()
        #expect(counts["manifest put"] == 6, "\(counts)")
        #expect(counts["ecr:CreateRepository"] == 1)
        #expect(counts["upload patch"] == nil)
        #expect(try await yard.front.agrees(with: 1, at: .there))
        #expect(try await yard.differences(shape, from: source, to: .there) == [])
        #expect(try yard.front.violations() == [])
    }

    @Test(
        "a tag that the repository keeps is blocked where it differs, never pushed, and in sync where it does not"
    )
    func immutable() async throws {
        let yard = try ECRYard()
        let source = try DockerRegistry()
        let (old, new) = (Shape { $0.tags = 2 }, Shape { $0.seed = 7 })
        try Seeder(source.endpoint).push(old)
        try yard.front.create("lab/r001", at: .there) { $0.mutability = "IMMUTABLE" }
        try yard.davit.write(
            rule(old).yaml(from: source.host, to: "there") + yard.registry("there", .there))
        #expect(try await yard.davit("reconcile").status == 0)
        #expect(try await yard.davit("reconcile").status == 0)
        try Seeder(source.endpoint).push(new)
        try yard.front.reset()
        let diff = try await yard.davit("diff")
        #expect(diff.status == 3)
        #expect(diff.output.contains("! v001"), "\(diff.output)")
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 3, "\(pass.output)")
        #expect(try yard.front.counts()["manifest put"] == nil)
        #expect(try await yard.front.agrees(with: 2, at: .there))
        #expect(try yard.front.violations() == [])
    }

    @Test(
        "a base layer in twenty repositories: where the account mounts, one upload and 19 mounts after its commit; else twenty uploads, and the diff says so",
        arguments: [true, false])
    func mounts(isOn: Bool) async throws {
        let yard = try ECRYard()
        let source = try DockerRegistry()
        let shape = Shape {
            $0.repositories = 20
            $0.layerSizes = [64 << 10, 4 << 10]
            $0.shareAcross = 0.5
        }
        try Seeder(source.endpoint).push(shape)
        try yard.front.setMounting(isOn, at: .there)
        try yard.davit.write(
            rule(shape).yaml(from: source.host, to: "there") + yard.registry("there", .there))
        let diff = try await yard.davit("diff", "--output", "json")
        let plan = try DiffJSON(diff)
        #expect(plan.totals.mounts == (isOn ? 19 : 0))
        #expect(diff.output.contains("mounts nothing") == !isOn)
        try yard.front.reset()
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let asked = try yard.front.requests()
        #expect(try await yard.front.agrees(with: 20, at: .there))
        let mounted = asked.filter { $0.kind == "mount" }
        #expect(mounted.count { $0.status == 201 } == (isOn ? 19 : 0))
        #expect(mounted.count == (isOn ? 19 : 0), "no mount is tried in vain")
        // A config and an own layer each, and the base.
        #expect(asked.count { $0.kind == "upload put" } == 40 + (isOn ? 1 : 20))
        if isOn, let first = asked.firstIndex(where: { $0.kind == "mount" }) {
            #expect(asked[..<first].contains { $0.kind == "manifest put" && $0.status == 201 })
        }
        #expect(try await yard.differences(shape, from: source, to: .there) == [])
        #expect(try yard.front.violations() == [])
    }

    @Test("250 tags in one repository are copied, at a pace that ECR bears: at most one throttle in fifty")
    func throttled() async throws {
        let yard = try ECRYard()
        let source = try DockerRegistry()
        let shape = Shape {
            $0.tags = 250
            $0.layerSizes = [512]
            $0.shareInRepository = 1
        }
        try Seeder(source.endpoint).push(shape)
        try yard.front.set {
            $0.manifestRate = 10
            $0.manifestBurst = 10
        }
        try yard.davit.write(
            rule(shape).yaml(from: source.host, to: "there") + yard.registry("there", .there))
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        let puts = try yard.front.requests().filter { $0.kind == "manifest put" }
        #expect(puts.count { $0.status == 201 } == 250)
        #expect(puts.count { $0.status == 429 } <= 5)
        #expect(try await yard.front.agrees(with: 250, at: .there))
        #expect(try await yard.differences(shape, from: source, to: .there) == [])
    }

    @Test("a blob whose upload breaks begins anew in one piece: how far it had come is not asked")
    func broken() async throws {
        let yard = try ECRYard([.there])
        let source = try DockerRegistry()
        let shape = Shape { $0.layerSizes = [3 << 20] }
        try Seeder(source.endpoint).push(shape)
        let door = try CountingProxy(
            to: yard.front.registryEndpoint(account: ECRYard.own, region: "us-east-1"))
        door.setHook(Fault("PUT upload", times: 3, .request(.reset(after: 1 << 20))).callAsFunction)
        try yard.davit.write(
            rule(shape).yaml(from: source.host, to: "there")
                + "---\napiVersion: davit/v1\nkind: Registry\nmetadata: { name: there }\n"
                + "spec: { ecr: { region: us-east-1 }, endpoints: { registry: \"http://\(door.host)\" } }\n")
        let pass = try await yard.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(door.counts["GET upload"] == 0 && door.counts["PATCH upload"] == 0)
        #expect(door.counts["PUT upload"] >= 3)
        #expect(try await yard.differences(shape, from: source, to: .there) == [])
    }
}

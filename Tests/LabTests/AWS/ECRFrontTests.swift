import Foundation
import Lab
import Testing

@Suite("The ECR front", .enabled(if: Judges.areInstalled)) struct ECRFrontTests {
    private static let own = FrontBench.own
    private static let here = FrontBench.here

    @Test("boto3 reads what skopeo pushed through the registry's port")
    func agrees() async throws {
        let front = try ECRFront([Self.here])
        let image = try ImageMaker(Shape { $0.platforms = ["linux/amd64", "linux/arm64"] }).image(
            "team/app", "v1")
        let behind = try DockerRegistry()
        try Seeder(behind.endpoint).push(image)
        try front.create("team/app", at: Self.here)
        let login = try front.login(Self.here)
        let endpoint = try front.registryEndpoint(account: Self.own, region: "eu-west-1")
        // skopeo knows one login only for a copy; the registry it reads from asks for none.
        try await Skopeo(login: login).copy(
            "docker://\(behind.host)/team/app:v1", to: "docker://\(endpoint)/team/app:v1")
        let answers = try await front.boto(
            BotoCall("ecr", "list_images", ["repositoryName": "team/app"]),
            BotoCall("ecr", "describe_images", ["repositoryName": "team/app"], page: 1),
            BotoCall(
                "ecr", "batch_get_image", ["repositoryName": "team/app", "imageIds": [["imageTag": "v1"]]]),
            BotoCall(
                "ecr", "batch_check_layer_availability",
                [
                    "repositoryName": "team/app",
                    "layerDigests": .list(image.blobs.map { .text($0.digest) } + ["sha256:00"]),
                ]),
            as: Self.own)
        let tagged = answers[0]["imageIds"]?.list.filter { $0["imageTag"]?.text == "v1" }
        #expect(tagged?.map { $0["imageDigest"]?.text } == [image.digest])
        let described = answers[1]["imageDetails"]?.list ?? []
        #expect(
            Set(described.compactMap { $0["imageDigest"]?.text }) == Set(image.manifests.map(\.digest)))
        #expect(answers[1]["pages"]?.int == 3)
        let bytes = answers[2]["images"]?.list.first?["imageManifest"]?.text
        #expect(bytes.map { Array($0.utf8) } == image.manifests.last?.bytes)
        let layers = answers[3]["layers"]?.list ?? []
        #expect(layers.map { $0["layerAvailability"]?.text } == image.blobs.map { _ in "AVAILABLE" })
        #expect(layers.map { $0["layerSize"]?.int } == image.blobs.map(\.size))
        #expect(answers[3]["failures"]?.list.map { $0["failureCode"]?.text } == ["InvalidLayerDigest"])
        let pulled = try TemporaryFolder("pulled")
        try await Skopeo(login: login).copy("\(endpoint)/team/app:v1", toFolder: pulled.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: pulled.path).count >= image.blobs.count)
        #expect(try front.violations() == [])
    }

    @Test("it and what is behind it are gone when it is let go")
    func gone() throws {
        var front: ECRFront? = try ECRFront([Self.here])
        let pids = try [front?.pid, front?.registry(account: Self.own, region: "eu-west-1").pid].compactMap {
            $0
        }
        #expect(pids.count == 2 && pids.allSatisfy { ProcessFacts($0) != nil })
        #expect(front?.log.split(separator: "\n").count == 1)
        front = nil
        #expect(pids.allSatisfy { ProcessFacts($0) == nil })
    }

    @Test("a client that goes away in the middle of an upload leaves the rest in order")
    func broken() throws {
        let bench = try FrontBench()
        let place = try bench.begin().place
        let proxy = try CountingProxy(to: bench.endpoint) { request in
            request.method == "PATCH" ? .request(.reset(after: 1_000)) : .pass
        }
        let client = try RawClient(proxy.endpoint, login: bench.front.login(bench.place))
        _ = try? client.send("PATCH", place, body: .bytes([UInt8](repeating: 7, count: 500_000)))
        #expect(try eventually { try bench.front.requests().last?.kind == "upload patch" })
        try bench.push()
        #expect(try bench.front.violations() == [])
    }

    @Test("ten thousand tags in a hundred repositories cost seconds at most")
    func many() async throws {
        let front = try ECRFront(accounts: [Self.own], regions: ["eu-west-1", "cn-north-1"])
        for number in 0..<100 {
            try front.fill("team/r\(number)", at: Self.here, tags: 100)
        }
        let answers = try await front.boto(
            BotoCall("ecr", "describe_repositories", page: 1000),
            BotoCall("ecr", "list_images", ["repositoryName": "team/r7"], page: 30), as: Self.own)
        #expect(answers[0]["repositories"]?.list.count == 100)
        #expect(Set(answers[1]["imageIds"]?.list.compactMap { $0["imageTag"]?.text } ?? []).count == 100)
        #expect(try front.counts()["ecr:ListImages"] == 4)
        #expect(front.cpu < 10)
        #expect(try front.violations() == [])
    }
}

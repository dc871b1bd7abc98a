import Foundation
import Lab
import Testing

@Suite("ECR Public", .enabled(if: Judges.areInstalled)) struct ECRPublicTests {
    private let call = { BotoCall("ecr-public", "create_repository", ["repositoryName": "app"], region: $0) }
    private let grant = BotoCall("ecr-public", "get_authorization_token", region: "us-east-1")

    @Test("the API is there in one region alone")
    func region() async throws {
        let front = try ECRFront([FrontBench.here])
        let answers = try await front.boto(
            call("us-east-1"), BotoCall("ecr-public", "describe_registries", region: "us-east-1"),
            as: FrontBench.own)
        #expect(answers[0]["repository"]?["repositoryName"] == "app")
        #expect(
            answers[1]["registries"]?.list.first?["aliases"]?.list.first?["name"] == "a111122223333")
        #expect(try front.violations() == [])
        _ = try await front.boto(call("eu-west-1"), as: FrontBench.own)
        #expect(try front.violations().count == 1)
    }

    @Test("a token is exchanged for a bearer's, with which its owner pushes and anybody reads")
    func exchange() async throws {
        let front = try ECRFront([FrontBench.here, FrontBench.there], hasPublic: true)
        let endpoint = try #require(front.publicEndpoint)
        let client = RawClient(endpoint)
        let challenge = try client.send("GET", "/v2/")
        #expect(challenge.status == 401)
        #expect(
            challenge.headers["WWW-Authenticate"]
                == #"Bearer realm="http://\#(endpoint)/token/",service="public.ecr.aws",scope="aws""#)
        let grants = try await front.boto(call("us-east-1"), grant, as: FrontBench.own)
        let proof = try #require(grants[1]["authorizationData"]?["authorizationToken"]?.text)
        let foreign = try await front.boto(grant, as: FrontBench.other)
        let other = try #require(foreign[0]["authorizationData"]?["authorizationToken"]?.text)
        func bearer(_ proof: String?) throws -> Headers {
            let headers = proof.map { Headers([("Authorization", "Basic " + $0)]) } ?? [:]
            let token = try client.send(
                "GET", "/token/?service=public.ecr.aws&scope=aws", headers: headers
            ).json?["token"]?.text
            return ["Authorization": "Bearer " + (token ?? "")]
        }
        let name = "/v2/a111122223333/app"
        #expect(
            try client.send("GET", name + "/tags/list", headers: ["Authorization": "Basic " + proof]).status
                == 401)
        #expect(
            try client.send("GET", name + "/tags/list", headers: ["Authorization": "Bearer " + proof]).status
                == 401)
        func begin(_ headers: Headers) throws -> Int {
            try client.send("POST", name + "/blobs/uploads/", headers: headers).status
        }
        #expect(try [begin(bearer(nil)), begin(bearer(other)), begin(bearer(proof))] == [403, 403, 202])
        #expect(try client.send("GET", name + "/tags/list", headers: bearer(nil)).json?["tags"] == [])
        let behind = try #require(front.publicRegistry)
        try Seeder(behind.endpoint).push(ImageMaker().image("a111122223333/app", "v1"))
        try front.adopt(.everybodys)
        let folder = try TemporaryFolder("public")
        // skopeo asks for a token by itself.
        try await Skopeo().copy("\(endpoint)/a111122223333/app:v1", toFolder: folder.path)
        #expect(try front.contents(.everybodys)["a111122223333/app"]?.keys.sorted() == ["v1"])
        #expect(try front.violations() == [])
    }
}

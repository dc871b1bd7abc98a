import Foundation
import Lab
import Testing

@Suite("ECR's habits with names and tokens", .enabled(if: Judges.areInstalled)) struct ECRRegistryFactTests {
    @Test("a repository that was not made is unknown, whatever is asked")
    func unknown() throws {
        let bench = try FrontBench()
        let digest = MadeBlob([1]).digest
        let asked = [
            ("POST", "no/app/blobs/uploads/"), ("GET", "no/app/tags/list"), ("GET", "no/app/manifests/v1"),
            ("PUT", "no/app/manifests/v1"), ("GET", "no/app/blobs/\(digest)"),
            ("GET", "no/app/referrers/\(digest)"), ("POST", "no/app/blobs/uploads/?mount=\(digest)&from=x"),
        ]
        for (method, path) in asked {
            let answer = try bench.send(method, path)
            #expect(answer.status == 404 && answer.code == "NAME_UNKNOWN", "\(method) \(path)")
        }
        try bench.front.set { $0.unknownStatus = 400 }
        #expect(try bench.send("POST", "no/app/blobs/uploads/").status == 400)
    }

    @Test("tags come by hundreds with a Link, by at most a thousand, and by no other way")
    func tags() throws {
        let bench = try FrontBench()
        try bench.front.fill("team/app", at: bench.place, tags: 250)
        var (path, found): (String?, [Int]) = ("team/app/tags/list", [])
        while let next = path {
            let answer = try bench.send("GET", next)
            found.append(answer.json?["tags"]?.list.count ?? 0)
            path = answer.headers["Link"].map { String($0.dropFirst().prefix { $0 != ">" }) }
        }
        #expect(found == [100, 100, 50])
        let all = try bench.send("GET", "team/app/tags/list?n=1000")
        #expect(all.json?["tags"]?.list.count == 250 && !all.headers.contains("Link"))
        for status in [405, 400] {
            try bench.front.set { $0.unsupportedStatus = status }
            let many = try bench.send("GET", "team/app/tags/list?n=1001")
            #expect(many.status == status && many.code == "UNSUPPORTED")
            #expect(many.text.contains("less than or equal to 1000"))
        }
        #expect(try bench.front.violations() == [])
        #expect(try bench.send("GET", "team/app/tags/list?n=10&last=v1").code == "UNSUPPORTED")
        #expect(try bench.front.violations().count == 1)
    }

    @Test("there is no catalog, or one by pages")
    func catalog() throws {
        let bench = try FrontBench()
        #expect(try bench.send("GET", "_catalog").status == 405)
        try bench.front.set { $0.catalog = true }
        #expect(try bench.send("GET", "_catalog?n=1").json?["repositories"] == ["team/app"])
        #expect(try bench.send("GET", "_catalog?n=10000").code == "UNSUPPORTED")
    }

    @Test("a token opens its own account's registry in its region, until it expires")
    func tokens() throws {
        let bench = try FrontBench()
        let challenge = try RawClient(bench.endpoint).send("GET", "/v2/")
        #expect(challenge.status == 401)
        #expect(
            challenge.headers["WWW-Authenticate"]
                == #"Basic realm="https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/",service="ecr.amazonaws.com""#
        )
        #expect(try bench.send("GET", "/v2/", login: Login("AWS", "guessed")).status == 401)
        #expect(try bench.send("GET", "/v2/").status == 200)
        let foreign = try bench.front.login(FrontBench.there)
        let refused = try bench.send("GET", "team/app/tags/list", login: foreign)
        #expect(refused.status == 403 && refused.code == "DENIED")
        let old = try bench.front.login(bench.place)
        try bench.front.expireTokens()
        let expired = try bench.send("GET", "/v2/", login: old)
        #expect(expired.status == 403 && expired.code == "DENIED")
        try bench.front.set { $0.expiredTokenStatus = 401 }
        let challenged = try bench.send("GET", "/v2/", login: old)
        #expect(challenged.status == 401 && challenged.headers.contains("WWW-Authenticate"))
    }

    @Test("a missing right is named")
    func rights() throws {
        let bench = try FrontBench()
        try bench.front.deny("ecr:InitiateLayerUpload", "ecr:BatchGetImage", to: FrontBench.own)
        for (method, path, right) in [
            ("POST", "team/app/blobs/uploads/", "ecr:InitiateLayerUpload"),
            ("GET", "team/app/manifests/v1", "ecr:BatchGetImage"),
        ] {
            let answer = try bench.send(method, path)
            #expect(answer.status == 403 && answer.code == "DENIED")
            #expect(answer.text.contains("is not authorized to perform: \(right) on resource: arn:aws:ecr:"))
        }
        try bench.front.deny(to: FrontBench.own)
        #expect(try bench.begin().answer.status == 202)
    }

    @Test("what is archived is not found, and not listed unless it is asked for")
    func archived() async throws {
        let bench = try FrontBench()
        let image = try bench.push()
        try bench.front.archive("v1", in: "team/app", at: bench.place)
        #expect(try bench.send("GET", "team/app/manifests/v1").code == "MANIFEST_UNKNOWN")
        #expect(try bench.send("GET", "team/app/tags/list").json?["tags"] == [])
        let name: JSONValue = "team/app"
        let answers = try await bench.front.boto(
            BotoCall("ecr", "list_images", ["repositoryName": name]),
            BotoCall("ecr", "describe_images", ["repositoryName": name]),
            BotoCall("ecr", "describe_images", ["repositoryName": name, "filter": ["imageStatus": "ANY"]]),
            BotoCall("ecr", "batch_get_image", ["repositoryName": name, "imageIds": [["imageTag": "v1"]]]),
            BotoCall(
                "ecr", "batch_check_layer_availability",
                ["repositoryName": name, "layerDigests": [.text(image.blobs[0].digest)]]),
            as: FrontBench.own)
        #expect(answers[0]["imageIds"]?.list.count == 0 && answers[1]["imageDetails"]?.list.count == 0)
        #expect(answers[2]["imageDetails"]?.list.map { $0["imageStatus"]?.text } == ["ARCHIVED"])
        #expect(answers[3]["failures"]?.list.map { $0["failureCode"]?.text } == ["ImageInaccessible"])
        #expect(answers[4]["layers"]?.list.map { $0["layerAvailability"]?.text } == ["ARCHIVED"])
    }

    @Test("what is laid into the registry behind is known once it is adopted")
    func adopted() throws {
        let bench = try FrontBench()
        let image = try ImageMaker(Shape { $0.platforms = ["linux/amd64"] }).image("laid/app", "v1")
        try Seeder(bench.front.registry(account: "111122223333", region: "eu-west-1").endpoint).push(image)
        #expect(try bench.send("GET", "laid/app/manifests/v1").code == "NAME_UNKNOWN")
        try bench.front.adopt(bench.place)
        #expect(try bench.front.contents(bench.place)["laid/app"] == ["v1": image.digest])
        let verifier = try Verifier(
            source: bench.front.registry(account: "111122223333", region: "eu-west-1").endpoint,
            destination: bench.endpoint, destinationLogin: bench.front.login(bench.place))
        #expect(try verifier.differences(in: "laid/app") == [])
    }
}

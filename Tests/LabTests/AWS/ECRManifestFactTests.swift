import Foundation
import Lab
import Testing

@Suite("ECR's habits with manifests", .enabled(if: Judges.areInstalled)) struct ECRManifestFactTests {
    private let oci = "application/vnd.oci.image."

    @Test("GET by tag tells no digest, HEAD and GET by digest do; several Accept fields are one")
    func digests() throws {
        let bench = try FrontBench()
        let image = try bench.push()
        let name = "Docker-Content-Digest"
        let accept = Headers([("Accept", "application/json"), ("Accept", oci + "manifest.v1+json")])
        let byTag = try bench.send("GET", "team/app/manifests/v1", accept)
        #expect(byTag.status == 200 && !byTag.headers.contains(name) && !byTag.headers.contains("ETag"))
        #expect(byTag.body == image.manifests.last?.bytes)
        #expect(try bench.send("HEAD", "team/app/manifests/v1", accept).headers[name] == image.digest)
        let byDigest = try bench.send("GET", "team/app/manifests/\(image.digest)", accept)
        #expect(byDigest.headers[name] == image.digest)
        #expect(byDigest.headers["Content-Type"] == oci + "manifest.v1+json")
        let other = try bench.send("GET", "team/app/manifests/v1", ["Accept": "text/plain"])
        #expect(other.status == 404)
        try bench.front.set { $0.hidesDigest = false }
        #expect(try bench.send("GET", "team/app/manifests/v1", accept).headers[name] == image.digest)
    }

    @Test("an immutable tag is refused even with the digest that it has", arguments: [400, 409])
    func immutable(status: Int) throws {
        let bench = try FrontBench()
        try bench.front.set { $0.immutableStatus = status }
        try bench.front.create("team/fixed", at: bench.place) { options in
            options.mutability = "IMMUTABLE_WITH_EXCLUSION"
            options.except = ["latest", "dev-*"]
        }
        let image = try bench.push("team/fixed", "v1")
        let manifest = try #require(image.manifests.last)
        func put(_ reference: String) throws -> RawAnswer {
            try bench.send(
                "PUT", "team/fixed/manifests/\(reference)", ["Content-Type": manifest.mediaType],
                body: .bytes(manifest.bytes))
        }
        let refused = try put("v1")
        #expect(refused.status == status && refused.code == "TAG_INVALID")
        #expect(refused.text.contains("cannot be overwritten because the tag is immutable"))
        for free in ["v2", "latest", "latest", "dev-1", "dev-1", manifest.digest] {
            #expect(try put(free).status == 201)
        }
        #expect(try put("v2").code == "TAG_INVALID")
    }

    @Test("of many that put an immutable tag at once, one is taken")
    func race() async throws {
        let bench = try FrontBench()
        try bench.front.create("team/fixed", at: bench.place) { $0.mutability = "IMMUTABLE" }
        let config = try bench.blob("{}", in: "team/fixed")
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try await offPool {
                        try bench.put(#""config":\#(config.named()),"layers":[]"#, as: "v1", in: "team/fixed")
                            .status
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.sorted() == [201, 400, 400, 400, 400, 400])
    }

    @Test("images of types that are not accepted are given, or not")
    func accepted() async throws {
        let bench = try FrontBench()
        try bench.push()
        let call = BotoCall(
            "ecr", "batch_get_image",
            [
                "repositoryName": "team/app", "imageIds": [["imageTag": "v1"], ["imageTag": "v2"]],
                "acceptedMediaTypes": ["application/vnd.docker.distribution.manifest.v2+json"],
            ])
        for isStrict in [false, true] {
            try bench.front.set { $0.strictMediaTypes = isStrict }
            let answer = try await bench.front.boto(call, as: FrontBench.own)[0]
            #expect(answer["images"]?.list.count == (isStrict ? 0 : 1))
            #expect(answer["failures"]?.list.last?["failureCode"] == "ImageNotFound")
        }
    }

    @Test("what is missing is named in ECR's words")
    func missing() throws {
        let bench = try FrontBench()
        let config = try bench.blob("{}")
        let gone = MadeBlob([1, 2, 3])
        let layers = try bench.put(#""config":\#(config.named()),"layers":[\#(gone.named())]"#, as: "v1")
        #expect(layers.status == 400 && layers.code == "MANIFEST_BLOB_UNKNOWN")
        #expect(layers.text.contains("Layers with digests '[\(gone.digest)]' required for pushing image"))
        let index = try bench.put(
            #""manifests":[\#(gone.named(oci + "manifest.v1+json"))]"#, as: "v1", type: oci + "index.v1+json")
        #expect(index.code == "MANIFEST_BLOB_UNKNOWN")
        #expect(index.text.contains("Images with digests '[\(gone.digest)]' required for pushing image"))
    }

    @Test("media types with parameters, manifests without a type of their own and some referrers are refused")
    func quirks() throws {
        let bench = try FrontBench()
        let config = try bench.blob("{}")
        let odd =
            #""artifactType":"application/vnd.x+json;version=0.2","config":\#(config.named()),"layers":[]"#
        let refused = try bench.put(odd, as: "odd")
        #expect(refused.status == 405 && refused.code == "UNSUPPORTED")
        try bench.front.set { ($0.refusesParameters, $0.unsupportedStatus) = (false, 400) }
        #expect(try bench.put(odd, as: "odd").status == 201)
        let bare = Array(#"{"schemaVersion":2,"config":\#(config.named()),"layers":[]}"#.utf8)
        func put() throws -> RawAnswer {
            try bench.send(
                "PUT", "team/app/manifests/bare", ["Content-Type": oci + "manifest.v1+json"],
                body: .bytes(bare))
        }
        #expect(try put().status == 201)
        try bench.front.set { ($0.refusesBareManifests, $0.refusesReferrers) = (true, true) }
        #expect(try put().status == 400)
        let subject = #""subject":\#(config.named(oci + "manifest.v1+json")),"#
        #expect(try bench.put(subject + odd, as: "odd").code == "UNSUPPORTED")
    }

    @Test("a subject is told in OCI-Subject with or without the API; the API lists, filters and pages")
    func referrers() async throws {
        let bench = try FrontBench()
        let image = try bench.push()
        let config = try bench.blob("{}")
        let subject =
            #""subject":{"mediaType":"\#(oci)manifest.v1+json","digest":"\#(image.digest)","size":7},"#
        for kind in ["sbom", "sbom", "signature"].enumerated() {
            let members =
                subject
                + #""artifactType":"application/\#(kind.element)","config":\#(config.named()),"#
                + #""layers":[],"annotations":{"number":"\#(kind.offset)"}"#
            let digest = MadeManifest(
                #"{"schemaVersion":2,"mediaType":"\#(oci)manifest.v1+json",\#(members)}"#, mediaType: ""
            ).digest
            let answer = try bench.put(members, as: digest)
            #expect(answer.status == 201 && answer.headers["OCI-Subject"] == image.digest)
        }
        let path = "team/app/referrers/\(image.digest)"
        #expect(try bench.send("GET", path).json?["manifests"]?.list.count == 3)
        let some = try bench.send("GET", path + "?artifactType=application/sbom")
        #expect(some.json?["manifests"]?.list.count == 2 && some.headers["OCI-Filters-Applied"] != nil)
        try bench.front.set { $0.referrersPage = 2 }
        let first = try bench.send("GET", path)
        let link = try #require(first.headers["Link"]).dropFirst().prefix { $0 != ">" }
        #expect(try bench.send("GET", String(link)).json?["manifests"]?.list.count == 1)
        try bench.front.set { ($0.referrersAPI, $0.subjectHeader) = (false, false) }
        #expect(try bench.send("GET", path).status == 404)
        let answers = try await bench.front.boto(
            BotoCall("ecr", "describe_images", ["repositoryName": "team/app"]),
            BotoCall(
                "ecr", "list_image_referrers",
                [
                    "repositoryName": "team/app", "subjectId": ["imageDigest": .text(image.digest)],
                    "filter": ["artifactTypes": ["application/signature"]],
                ]),
            as: FrontBench.own)
        let subjects = answers[0]["imageDetails"]?.list.compactMap { $0["subjectManifestDigest"]?.text }
        #expect(subjects == [image.digest, image.digest, image.digest])
        #expect(answers[1]["referrers"]?.list.count == 1)
    }

    @Test("an image goes with its last tag, and not while an index holds it")
    func deletes() async throws {
        let bench = try FrontBench()
        let image = try bench.push()
        let child = try #require(image.manifests.last)
        let index = #""manifests":[{"mediaType":"\#(child.mediaType)","digest":"\#(child.digest)","size":7}]"#
        #expect(try bench.put(index, as: "all", type: oci + "index.v1+json").status == 201)
        func delete(_ reference: JSONValue) async throws -> JSONValue {
            try await bench.front.boto(
                BotoCall(
                    "ecr", "batch_delete_image", ["repositoryName": "team/app", "imageIds": [reference]]),
                as: FrontBench.own)[0]
        }
        let held = try await delete(["imageDigest": .text(child.digest)])
        #expect(
            held["failures"]?.list.map { $0["failureCode"]?.text } == ["ImageReferencedByManifestList"])
        #expect(try await delete(["imageTag": "all"])["imageIds"]?.list.count == 1)
        #expect(try bench.send("GET", "team/app/manifests/all").code == "MANIFEST_UNKNOWN")
        try bench.front.set { $0.deletes = false }
        #expect(try bench.send("DELETE", "team/app/manifests/\(child.digest)").status == 404)
        try bench.front.set { $0.deletes = true }
        #expect(try bench.send("DELETE", "team/app/manifests/\(child.digest)").status == 202)
        #expect(try bench.front.contents(bench.place)["team/app"] == [:])
        let behind = try bench.front.registry(account: bench.place.account, region: bench.place.region)
        #expect(try Verifier.manifest("v1", in: "team/app", RawClient(behind.endpoint)) == nil)
    }

    @Test("more manifests than the pace are refused with 429, and counted")
    func pace() throws {
        let bench = try FrontBench()
        let config = try bench.blob("{}")
        try bench.front.set { ($0.manifestRate, $0.manifestBurst) = (0.001, 3) }
        for number in 0..<5 {
            let answer = try bench.put(#""config":\#(config.named()),"layers":[]"#, as: "t\(number)")
            #expect(answer.status == (number < 3 ? 201 : 429))
            #expect(answer.code == (number < 3 ? nil : "TOOMANYREQUESTS"))
        }
        #expect(try bench.front.requests().filter { $0.status == 429 }.count == 2)
    }
}

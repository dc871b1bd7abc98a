import Lab
import Testing

@Suite("Scripted registry") struct ScriptedRegistryTests {
    @Test("holds what a real registry holds")
    func agrees() throws {
        let (real, scripted) = try (DockerRegistry(), ScriptedRegistry())
        let shape = Shape {
            $0.repositories = 2
            $0.tags = 2
            $0.platforms = ["linux/amd64", "linux/arm64/v8"]
            $0.shareAcross = 0.34
        }
        try Seeder(real.endpoint).push(shape)
        try Seeder(scripted.endpoint).push(shape)
        let forth = Verifier(source: real.endpoint, destination: scripted.endpoint)
        let back = Verifier(source: scripted.endpoint, destination: real.endpoint)
        #expect(try forth.differences(shape) == [])
        #expect(try back.differences(shape) == [])
        scripted.move("v001", to: nil, in: "lab/r001")
        #expect(try forth.differences(shape) == ["lab/r001:v001 is missing"])
    }

    @Test("takes what a real one refuses: sha512, oddities")
    func oddities() throws {
        let registry = try ScriptedRegistry()
        let maker = ImageMaker(Shape { $0.algorithm = .sha512 })
        for image in try [
            maker.image("lab/a", "v1"), maker.nestedIndex("lab/a"), maker.artifact("lab/a"),
            maker.emptyBlob("lab/a"),
            maker.foreignLayer("lab/a"),
        ] {
            try registry.hold(image)
            let answer = try RawClient(registry.endpoint).send("GET", "/v2/lab/a/manifests/\(image.digest)")
            #expect(digest(of: answer.body, by: .sha512) == image.digest)
            #expect(answer.headers["Docker-Content-Digest"] == image.digest)
        }
    }

    @Test("pages, warns, leaves out digests, limits bodies, wants all parts")
    func knobs() throws {
        let registry = try ScriptedRegistry(
            RegistryKnobs {
                $0.pageSize = 2
                $0.warning = "rough sea"
                $0.saysDigest = false
            })
        let maker = ImageMaker(Shape { $0.tags = 3 })
        for image in try maker.images() { try registry.hold(image) }
        let client = RawClient(registry.endpoint)
        let page = try client.send("GET", "/v2/lab/r001/tags/list")
        #expect(page.text == #"{"name":"lab/r001","tags":["v001","v002"]}"#)
        #expect(page.headers["Link"] == #"</v2/lab/r001/tags/list?n=2&last=v002>; rel="next""#)
        #expect(page.headers["Warning"] == #"299 - "rough sea""#)
        let head = try client.send("HEAD", "/v2/lab/r001/manifests/v001")
        #expect(head.status == 200 && !head.headers.contains("Docker-Content-Digest"))
        let image = try maker.image()
        #expect(throws: LabError.self) {
            try Seeder(registry.endpoint).push(image.manifests[0], to: "lab/other", as: "x")
        }
        registry.turn { $0.largestBody = 100 }
        #expect(
            try client.send("PUT", "/v2/lab/r001/manifests/x", body: .bytes(image.manifests[0].bytes)).status
                == 413)
    }

    @Test("an upload that broke off goes on from where it was")
    func resumes() throws {
        let registry = try ScriptedRegistry()
        let proxy = try CountingProxy(to: registry.endpoint) { request in
            request.method == "PATCH" ? .request(.reset(after: 1_000)) : .pass
        }
        let blob = try MadeBlob.layer("resume", size: 5_000)
        let client = RawClient(registry.endpoint)
        let place = try #require(try client.send("POST", "/v2/lab/u/blobs/uploads/").headers["Location"])
        _ = try? RawClient(proxy.endpoint).send("PATCH", place, body: .blob(blob))
        let came = try eventually { try client.send("GET", place).headers["Range"] == "0-999" }
        #expect(came)
        let rest = try Array(blob.bytes[1_000...])
        #expect(try client.send("PUT", place + "?digest=\(blob.digest)", body: .bytes(rest)).status == 201)
        #expect(try registry.blob(blob.digest, in: "lab/u") == blob.bytes)
    }
}

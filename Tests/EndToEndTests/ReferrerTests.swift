import Foundation
import Lab
import Testing

@Suite("Signatures and other referrers", .serialized, .timeLimit(.minutes(2))) struct ReferrerTests {
    private let bundle = "application/vnd.dev.sigstore.bundle.v0.3+json"

    /// The digest of what stands under a name at the destination.
    private func held(_ reference: String, _ crossing: Crossing, in repository: String = "lab/r001") throws
        -> String?
    {
        try crossing.held(reference, in: repository)
    }

    @Test("cosign's tags and the list of referrers go with their image, byte for byte")
    func together() async throws {
        let crossing = try Crossing()
        let image = try ImageMaker().image()
        let signatures = [image.signature(), image.signature(".att"), image.signature(".sbom")]
        try crossing.seed(signatures)
        let referrers = ["a", "b"].map { image.referrer(bundle, note: $0) }
        let onReferrer = MadeImage(
            repository: image.repository, tag: "", blobs: [], manifests: [referrers[0].manifest])
        let second = onReferrer.referrer("application/vnd.example.countersign", note: "second")
        let seeder = Seeder(crossing.sourceDoor.endpoint)
        try seeder.push(referrers)
        try seeder.push([second])
        try crossing.write()

        let diff = try await crossing.davit("diff", "--cost", "exact")
        #expect(diff.status == 2)
        #expect(
            diff.output.contains("with 1 signature, 1 attestation, 1 SBOM and 3 referrers"), "\(diff.output)")
        let planned = try DiffJSON(try await crossing.davit("diff", "--cost", "exact", "--output", "json"))
        crossing.reset()
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(crossing.requests == planned.plan.lookRequests + planned.totals.requests)
        #expect(crossing.to.counts["PUT manifest by tag"] == 1)
        // The referrers alone: the image's own manifest is put once, under its tag.
        #expect(crossing.to.counts["PUT manifest by digest"] == 3)

        for signature in signatures {
            #expect(try held(signature.tag, crossing) == signature.digest)
            #expect(try await crossing.differences(in: image.repository, tags: [signature.tag]) == [])
        }
        for referrer in referrers + [second] {
            #expect(try held(referrer.manifest.digest, crossing) == referrer.manifest.digest)
        }
        for (subject, all) in [(image.digest, referrers), (referrers[0].manifest.digest, [second])] {
            #expect(try held(MadeImage.tag(for: subject), crossing) == MadeReferrer.list(all).digest)
        }
        if Skopeo.isInstalled {
            for name in [signatures[0].tag, MadeImage.tag(for: image.digest)] {
                let names = [crossing.sourceDoor, crossing.destinationDoor].map {
                    "\($0.endpoint)/\(image.repository):\(name)"
                }
                #expect(try await Skopeo().differences(names[0], names[1]) == [])
            }
        }
        crossing.reset()
        let again = try await crossing.davit("reconcile")
        #expect(again.status == 0)
        #expect(crossing.writes == 0)
    }

    @Test("a signature that comes later is brought, and the image's tag is left alone")
    func later() async throws {
        let crossing = try Crossing()
        let image = try ImageMaker().image()
        try crossing.write()
        #expect(try await crossing.davit("reconcile").status == 0)
        let signature = image.signature()
        try crossing.seed([signature])
        let diff = try await crossing.davit("diff")
        #expect(diff.status == 2)
        #expect(diff.output.contains("~ v001"), "\(diff.output)")
        #expect(diff.output.contains("1 signature is missing"), "\(diff.output)")
        crossing.reset()
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(crossing.to.counts["PUT manifest by tag"] == 0)
        #expect(crossing.to.counts["PUT manifest by sha256- tag"] == 1)
        #expect(try held(signature.tag, crossing) == signature.digest)
        #expect(try await crossing.davit("diff").status == 0)
    }

    @Test("a signature that was signed anew is brought by 'always' alone")
    func changed() async throws {
        let crossing = try Crossing()
        let image = try ImageMaker().image()
        try crossing.seed([image.signature()])
        try crossing.write()
        #expect(try await crossing.davit("reconcile").status == 0)
        let anew = image.signature(note: "anew")
        try crossing.seed([anew])
        #expect(try await crossing.davit("diff").status == 0)
        try crossing.write(Rule { $0.more = ["referrers: { recheck: always }"] })
        let diff = try await crossing.davit("diff")
        #expect(diff.output.contains("1 signature is different"), "\(diff.output)")
        #expect(try await crossing.davit("reconcile").status == 0)
        #expect(try held(anew.tag, crossing) == anew.digest)
    }

    @Test("what 'types' names is copied, and nothing else; 'false' copies nothing")
    func types() async throws {
        let crossing = try Crossing()
        let image = try ImageMaker().image()
        try crossing.seed([image.signature()])
        let referrers = [
            image.referrer(bundle, note: "a"), image.referrer("application/vnd.example.sbom", note: "b"),
        ]
        try Seeder(crossing.sourceDoor.endpoint).push(referrers)
        try crossing.write(Rule { $0.more = ["referrers: false"] })
        #expect(try await crossing.davit("reconcile").status == 0)
        #expect(try crossing.heldTags() == ["v001"])
        try crossing.write(Rule { $0.more = ["referrers: { types: [\"application/vnd.dev.sigstore.*\"] }"] })
        #expect(try await crossing.davit("reconcile").status == 0)
        #expect(try crossing.heldTags() == [MadeImage.tag(for: image.digest), "v001"].sorted())
        #expect(
            try held(MadeImage.tag(for: image.digest), crossing) == MadeReferrer.list([referrers[0]]).digest)
        #expect(try await crossing.davit("diff").status == 0)
    }

    @Test("a child's signature goes along, and one that comes later is found")
    func children() async throws {
        let shape = Shape { $0.platforms = ["linux/amd64", "linux/arm64"] }
        let crossing = try Crossing(shape)
        let image = try ImageMaker(shape).image()
        let first = image.signature(of: image.manifests[0].digest)
        try crossing.seed([first])
        try crossing.write()
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(try held(first.tag, crossing) == first.digest)
        let second = image.signature(of: image.manifests[1].digest)
        try crossing.seed([second])
        #expect(try await crossing.davit("reconcile").status == 0)
        #expect(try held(second.tag, crossing) == second.digest)
    }

    @Test("a signature that can't be put fails its image by name, and its tag is not written")
    func failure() async throws {
        let crossing = try Crossing()
        let image = try ImageMaker().image()
        let signature = image.signature()
        try crossing.seed([signature])
        try crossing.write()
        crossing.to.setHook { request in
            request.method == "PUT" && request.target.hasSuffix(".sig") ? .answer(403) : .pass
        }
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 1)
        #expect(pass.output.contains(signature.tag) || pass.errors.contains(signature.tag), "\(pass.output)")
        #expect(try crossing.held() == nil)
    }

    @Test("200 images with a signature each, in sync: one list more a repository, or two heads more an image")
    func counted() async throws {
        let shape = Shape {
            $0.prefix = "w3/r"
            $0.repositories = 20
            $0.tags = 10
            $0.layerSizes = [64]
        }
        let crossing = try Crossing(shape)
        try crossing.seed(try ImageMaker(shape).images().map { $0.signature() })
        let rule = Rule { $0.images = shape.repositoryNames.map { Rule.all($0) } }
        try crossing.write(rule)
        let cold = try await crossing.davit("reconcile", "--quiet")
        #expect(cold.status == 0, "\(cold.errors)")
        #expect(crossing.to.counts["PUT manifest by sha256- tag"] == 200)
        crossing.reset()
        #expect(try await crossing.davit("reconcile", "--quiet").status == 0)
        // 40 lists, two heads a tag, one question whether the source lists referrers. At most 445 are allowed.
        #expect(crossing.requests == 441)
        var thorough = rule
        thorough.more = ["referrers: { recheck: always }"]
        try crossing.write(thorough)
        crossing.reset()
        #expect(try await crossing.davit("reconcile", "--quiet").status == 0)
        // Two heads more a signature. At most 850 are allowed.
        #expect(crossing.requests == 841)
        #expect(crossing.writes == 0)
    }

    @Test("two processes that add to one list of a real registry at once end with both")
    func race() async throws {
        let crossing = try Crossing()
        let another = try DockerRegistry()
        let image = try ImageMaker().image()
        try Seeder(another.endpoint).push(image)
        let referrers = ["a", "b"].map { image.referrer(bundle, note: $0) }
        try Seeder(crossing.sourceDoor.endpoint).push([referrers[0]])
        try Seeder(another.endpoint).push([referrers[1]])
        let tag = MadeImage.tag(for: image.digest)
        // Nobody writes before both have read.
        let readers = Guarded(0)
        crossing.to.setHook { request in
            guard request.target.hasSuffix(tag) else { return .pass }
            if request.method == "GET" { readers.with { $0 += 1 } }
            let end = Date.now + 10
            while request.method == "PUT", readers.with({ $0 }) < 2, Date.now < end { sched_yield() }
            return .pass
        }
        try crossing.write()
        let second = try Davit()
        try second.write(Rule().yaml(from: another.host, to: crossing.to.host))
        async let mine = crossing.davit("reconcile")
        async let theirs = second("reconcile")
        let outcomes = try await [mine, theirs]
        #expect(outcomes.map(\.status) == [0, 0], "\(outcomes.map(\.errors))")
        let list = try Verifier.manifest(
            tag, in: image.repository, RawClient(crossing.destinationDoor.endpoint))
        let text = String(decoding: try #require(list), as: UTF8.self)
        for referrer in referrers { #expect(text.contains(referrer.manifest.digest), "\(text)") }
    }

    @Test("a saved plan carries what hangs on its images, and reads nothing of it again")
    func saved() async throws {
        let crossing = try Crossing()
        let image = try ImageMaker().image()
        let referrer = image.referrer(bundle, note: "a")
        try crossing.write()
        let path = crossing.davit.file("plan")
        // At first the image with what hangs on it; then what has come later alone.
        for (signature, note) in [(image.signature(), "a"), (image.signature(".att"), "b")] {
            try crossing.seed([signature])
            try Seeder(crossing.sourceDoor.endpoint).push([referrer, image.referrer(bundle, note: note)])
            let diff = try await crossing.davit("diff", "--save", path)
            #expect(diff.status == 2, "\(diff.errors)")
            crossing.reset()
            let pass = try await crossing.davit("reconcile", "--plan", path)
            #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
            #expect(crossing.from.counts.pulls == 0)
            #expect(try held(signature.tag, crossing) == signature.digest)
            #expect(try held(referrer.manifest.digest, crossing) == referrer.manifest.digest)
        }
        #expect(try await crossing.davit("diff").status == 0)
    }

    @Test("they go into a folder and out of it again")
    func layouts() async throws {
        let crossing = try Crossing()
        let image = try ImageMaker().image()
        let (signature, referrer) = (image.signature(), image.referrer(bundle, note: "a"))
        try crossing.seed([signature])
        try Seeder(crossing.sourceDoor.endpoint).push([referrer])
        let davit = crossing.davit
        let folder = (davit.file("stick") as NSString).standardizingPath
        let stick =
            "---\napiVersion: davit/v1\nkind: Registry\nmetadata: { name: stick }\nspec: { layout: \"\(folder)\" }\n"
        try davit.write(Rule().yaml(from: crossing.from.host, to: "stick") + stick, to: "out/out.yaml")
        try davit.write(Rule().yaml(from: "stick", to: crossing.to.host) + stick, to: "in/in.yaml")
        for name in ["out", "in"] {
            let arguments = [davit.manifests + "/" + name, "--layouts-dir", folder]
            let pass = try await davit.run(["reconcile"] + arguments)
            #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
            #expect(try await davit.run(["diff"] + arguments).status == 0)
        }
        #expect(try held(signature.tag, crossing) == signature.digest)
        #expect(try held(referrer.manifest.digest, crossing) == referrer.manifest.digest)
        #expect(try held(MadeImage.tag(for: image.digest), crossing) == MadeReferrer.list([referrer]).digest)
    }
}

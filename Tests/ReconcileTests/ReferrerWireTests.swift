import Desired
import Glibc
import Lab
import OCI
import Plan
import Registry
import State
import Testing

@testable import Reconcile

@Suite("Referrers, on the wire", .timeLimit(.minutes(2))) struct ReferrerWireTests {
    private let bundle = "application/vnd.dev.sigstore.bundle.v0.3+json"
    private let other = "application/vnd.example.sbom+json"

    private func made() throws -> (image: MadeImage, referrers: [MadeReferrer]) {
        let image = try ImageMaker().image()
        return (image, [image.referrer(bundle, note: "a"), image.referrer(other, note: "b")])
    }

    /// Puts an image and what is about it into a source, with the list under its tag where it keeps none by itself.
    private func seed(
        _ registry: ScriptedRegistry, _ image: MadeImage, _ referrers: [MadeReferrer], listed: Bool
    )
        throws
    {
        try registry.hold(image)
        for referrer in referrers { try registry.hold(referrer) }
        guard listed else { return }
        let tag = MadeImage.tag(for: referrers[0].subject)
        try registry.hold(
            MadeImage(
                repository: image.repository, tag: tag, blobs: [], manifests: [MadeReferrer.list(referrers)]))
    }

    @Test(
        "go from a registry with the API or without to one with it or without",
        arguments: [(true, true), (true, false), (false, true), (false, false)])
    func crosswise(source: Bool, destination: Bool) async throws {
        let yard = try WireYard(
            source: { $0.hasReferrers = source }, destination: { $0.hasReferrers = destination })
        let (image, referrers) = try made()
        try seed(yard.source, image, referrers, listed: !source)
        let plan = try await yard.pass().diff().plan
        #expect(plan.images.map(\.reason) == ["destination repository is new, with 2 referrers"])
        let (requests, _) = try await yard.requests {
            let report = try await yard.pass().reconcile()
            #expect(report.exitCode == 0, "\(report.images)")
            #expect(report.bytes == plan.total.bytes)
        }
        #expect(requests == plan.lookRequests + plan.total.requests)
        for referrer in referrers {
            #expect(
                yard.destination.manifest(referrer.manifest.digest, in: image.repository)
                    == referrer.manifest.bytes)
        }
        let tag = MadeImage.tag(for: image.digest)
        let list = yard.destination.manifest(tag, in: image.repository)
        #expect(destination ? list == nil : list.map { try! ReferrerIndex($0).entries.count } == 2)
        if !source, !destination { #expect(list == MadeReferrer.list(referrers).bytes) }
        // The tag of the image is the last that is put.
        #expect(yard.puts.last == "v001")
        let (_, again) = try await yard.requests {
            let report = try await yard.pass().reconcile()
            #expect(report.count(.inSync) == 1)
        }
        #expect(again.allSatisfy { $0.method != "PUT" && $0.method != "POST" })
    }

    @Test(
        "one PUT of the tag, before which the manifest is put by digest only where a registry wants its subject first"
    )
    func order() async throws {
        for wantsSubjectFirst in [false, true] {
            var yard = try WireYard(source: { $0.hasReferrers = true }) {
                $0.hasReferrers = true
                $0.wantsSubjectFirst = wantsSubjectFirst
            }
            yard.concurrency = 1
            let shape = Shape { $0.tags = 3 }
            for made in try ImageMaker(shape).images() {
                try seed(yard.source, made, [made.referrer(bundle)], listed: false)
            }
            let report = try await yard.pass { $0.window = 1 }.reconcile()
            #expect(report.count(.copied) == 3, "\(report.images)")
            let (tags, digests) = (
                yard.puts.filter { $0.hasPrefix("v") }, yard.puts.filter { $0.hasPrefix("sha") }
            )
            #expect(tags.sorted() == shape.tagNames)
            // A referrer each; where the subject is wanted first, it too, and one refusal for all.
            #expect(digests.count == (wantsSubjectFirst ? 7 : 3), "\(digests)")
        }
    }

    @Test("a registry that says it takes note of subjects, and has no list, gets the list under the tag")
    func saysSubject() async throws {
        let yard = try WireYard(source: { $0.hasReferrers = true }, destination: { $0.saysSubject = true })
        let (image, referrers) = try made()
        try seed(yard.source, image, referrers, listed: false)
        #expect(try await yard.pass().reconcile().exitCode == 0)
        let list = yard.destination.manifest(MadeImage.tag(for: image.digest), in: image.repository)
        #expect(try ReferrerIndex(try #require(list)).entries.count == 2)
    }

    @Test(
        "pages are followed, and a filter that the registry does not know is done here",
        arguments: [true, false])
    func filters(isFiltered: Bool) async throws {
        let yard = try WireYard(
            source: {
                $0.hasReferrers = true
                $0.referrerPageSize = 1
                $0.filtersReferrers = isFiltered
            }, destination: { $0.hasReferrers = true })
        let image = try ImageMaker().image()
        let referrers = (1...4).map { image.referrer($0.isMultiple(of: 2) ? bundle : other, note: "\($0)") }
        try seed(yard.source, image, referrers, listed: false)
        let policy = ReferrerPolicy(types: [bundle])
        #expect(try await yard.pass(["lab/r001"], policy).reconcile().exitCode == 0)
        for referrer in referrers {
            let held = yard.destination.manifest(referrer.manifest.digest, in: image.repository)
            #expect((held != nil) == (referrer.type == bundle))
        }
        #expect(yard.source.requests.filter { $0.route.kind == .referrers }.count == (isFiltered ? 3 : 5) + 1)
        #expect(try await yard.pass(["lab/r001"], policy).diff().plan.exitCode == 0)
    }

    @Test("what is about a referrer comes along, and a list that names what is not there is told")
    func recursive() async throws {
        let yard = try WireYard(source: { $0.hasReferrers = true }, destination: { $0.hasReferrers = true })
        let (image, referrers) = try made()
        try seed(yard.source, image, referrers, listed: false)
        let second = image.referrer(bundle, about: referrers[0].manifest, note: "second")
        let third = image.referrer(bundle, about: second.manifest, note: "third")
        for referrer in [second, third] { try yard.source.hold(referrer) }
        let gone = referrers[1].manifest.digest
        yard.source.setScript { request in
            request.route.kind == .manifestByDigest && request.route.reference == gone
                ? .error(404, "MANIFEST_UNKNOWN") : nil
        }
        let report = try await yard.pass().reconcile()
        #expect(report.exitCode == 0, "\(report.images)")
        #expect(report.warnings.count == 1)
        #expect(report.warnings.first?.contains("has no such manifest") == true, "\(report.warnings)")
        for referrer in [referrers[0], second, third] {
            #expect(yard.destination.manifest(referrer.manifest.digest, in: image.repository) != nil)
        }
        #expect(yard.destination.manifest(gone, in: image.repository) == nil)
    }

    @Test("a list without end, and one that is none, are refused or taken as no API")
    func hostile() async throws {
        let yard = try WireYard()
        let (image, referrers) = try made()
        try seed(yard.source, image, referrers, listed: true)
        for body in [
            "<html>", "{}", #"{"manifests":[1]}"#, #"{"manifests":{}}"#, "", "[", #"{"manifests":["#,
        ] {
            yard.source.setScript { $0.route.kind == .referrers ? .json(200, body) : nil }
            let plan = try await yard.pass().diff().plan
            #expect(plan.images.first?.reason.contains("2 referrers") == true, "\(body): \(plan.images)")
        }
        let entry = referrers[0].entry
        yard.source.setScript { request in
            guard request.route.kind == .referrers else { return nil }
            var response = ScriptedResponse.json(200, #"{"manifests":[\#(entry)]}"#)
            response.headers["Link"] = "<\(request.path)?again>; rel=\"next\""
            return response
        }
        let plan = try await yard.pass().diff().plan
        #expect(plan.images.first?.verdict == .failed)
        #expect(plan.images.first?.reason.contains("repeats itself") == true, "\(plan.images)")
    }

    @Test("a list that never gets small is given up before it fills the memory")
    func largeList() async throws {
        let yard = try WireYard()
        let (image, referrers) = try made()
        try seed(yard.source, image, referrers, listed: false)
        let filler = String(repeating: "x", count: 3 << 20)
        let pages = Guarded(0)
        yard.source.setScript { request in
            guard request.route.kind == .referrers else { return nil }
            let page = pages.with {
                $0 += 1
                return $0
            }
            let entry = image.referrer("application/x-\(page)", note: "\(page)").entry
            var response = ScriptedResponse.json(
                200, #"{"manifests":[\#(entry)],"annotations":{"x":"\#(filler)"}}"#)
            response.headers["Link"] = "<\(request.path)?page=\(page)>; rel=\"next\""
            return response
        }
        let plan = try await yard.pass().diff().plan
        #expect(plan.images.first?.reason.contains("larger than 16 MiB") == true, "\(plan.images)")
        #expect(pages.with { $0 } == 6)
    }

    /// What is no list of referrers, under the tag of one: an image, or an image index.
    private func stray(_ image: MadeImage, isIndex: Bool) throws -> MadeImage {
        var stray = try ImageMaker(
            Shape {
                $0.seed = 7
                if isIndex { $0.platforms = ["linux/amd64", "linux/arm64"] }
            }
        ).image()
        (stray.repository, stray.tag) = (image.repository, MadeImage.tag(for: image.digest))
        return stray
    }

    @Test(
        "a tag like a list's that holds something else is told, and stops no image", arguments: [false, true])
    func strayTag(isIndex: Bool) async throws {
        let yard = try WireYard()
        let image = try ImageMaker().image()
        try yard.source.hold(image)
        try yard.source.hold(try stray(image, isIndex: isIndex))
        let report = try await yard.pass().reconcile()
        #expect(report.images.map(\.result) == [.copied] && report.exitCode == 0, "\(report.images)")
        #expect(report.warnings.first?.contains("is no list of referrers") == true, "\(report.warnings)")
    }

    @Test(
        "one at the destination is never written over, and signatures come all the same",
        arguments: [false, true])
    func strayDestination(isIndex: Bool) async throws {
        let yard = try WireYard()
        let (image, referrers) = try made()
        try seed(yard.source, image, referrers, listed: true)
        let (signature, stray) = (image.signature(), try stray(image, isIndex: isIndex))
        try yard.source.hold(signature)
        try yard.destination.hold(stray)
        let policies = [ReferrerPolicy(), ReferrerPolicy(), ReferrerPolicy(recheck: .always)]
        for (number, policy) in policies.enumerated() {
            let before = yard.puts.count
            let report = try await yard.pass(["lab/r001"], policy).reconcile()
            #expect(report.images.map(\.result) == [number == 0 ? .copied : .inSync], "\(report.images)")
            #expect(report.exitCode == 0)
            if number == 0 {
                #expect(yard.puts == [signature.tag, image.tag])
            } else {
                #expect(yard.puts.count == before)
            }
            guard number != 1 else { continue }
            #expect(report.warnings.count == 1, "\(report.warnings)")
            #expect(report.warnings.first?.contains("is no list of referrers") == true)
        }
        #expect(yard.destination.tags(in: image.repository)[stray.tag] == stray.digest)
    }

    @Test("200 images with a referrer each, in sync: one question a side and image, half of them from memory")
    func counted() async throws {
        let yard = try WireYard(
            source: { $0.hasReferrers = true }, destination: { $0.hasReferrers = true },
            store: try Store.inMemory())
        let shape = Shape {
            $0.repositories = 20
            $0.tags = 10
            $0.layerSizes = [64]
        }
        for made in try ImageMaker(shape).images() {
            try seed(yard.source, made, [made.referrer(bundle)], listed: false)
        }
        let names = shape.repositoryNames
        let report = try await yard.pass(names).reconcile()
        #expect(report.count(.copied) == 200)
        // 20 lists, two heads and two questions an image. At most 830 are allowed.
        let first = try await yard.requests {
            let plan = try await yard.pass(names).diff().plan
            #expect(plan.exitCode == 0)
        }
        #expect(first.all == 820)
        // What the destination has is remembered. At most 625 are allowed.
        let second = try await yard.requests {
            let report = try await yard.pass(names).reconcile()
            #expect(report.count(.inSync) == 200)
        }
        #expect(second.all == 620)
        // A referrer more is found all the same, and the tag is left alone.
        let image = try ImageMaker(shape).image(names[3], "v004")
        let later = image.referrer(other, note: "later")
        try yard.source.hold(later)
        let before = yard.puts.count
        let third = try await yard.pass(names).reconcile()
        #expect(third.count(.updated) == 1)
        #expect(third.images.first { $0.result == .updated }?.reason == "1 referrer is missing")
        #expect(Array(yard.puts.dropFirst(before)) == [later.manifest.digest])
    }

    @Test("a time between looks is kept, and runs out")
    func duration() async throws {
        let yard = try WireYard(
            source: { $0.hasReferrers = true }, destination: { $0.hasReferrers = true },
            store: try Store.inMemory())
        let (image, referrers) = try made()
        try seed(yard.source, image, [referrers[0]], listed: false)
        let clock = Guarded<Int64>(1_000_000)
        let policy = ReferrerPolicy(recheck: .every(seconds: 3_600))
        let run = {
            try await yard.pass(["lab/r001"], policy) { $0.now = { clock.with { $0 } } }.reconcile().images
                .first
        }
        #expect(try await run()?.result == .copied)
        #expect(try await run()?.result == .inSync)
        try yard.source.hold(referrers[1])
        clock.with { $0 += 3_599 }
        let (_, seen) = try await yard.requests {
            let result = try await run()?.result
            #expect(result == .inSync)
        }
        #expect(!seen.contains { $0.route.kind == .referrers })
        clock.with { $0 += 1 }
        #expect(try await run()?.reason == "1 referrer is missing")
        #expect(yard.destination.manifest(referrers[1].manifest.digest, in: image.repository) != nil)
    }

    @Test("what was lost behind the memory's back is found by a deep look")
    func deep() async throws {
        let yard = try WireYard(
            source: { $0.hasReferrers = true }, destination: { $0.hasReferrers = true },
            store: try Store.inMemory())
        let (image, referrers) = try made()
        try seed(yard.source, image, referrers, listed: false)
        for _ in 0..<2 { #expect(try await yard.pass().reconcile().exitCode == 0) }
        let lost = try Digest(referrers[0].manifest.digest)
        try await WireYard.client(yard.destination.url).deleteManifest(lost, in: RepositoryName("lab/r001"))
        #expect(try await yard.pass().reconcile().count(.inSync) == 1)
        let report = try await yard.pass { $0.deep = true }.reconcile()
        #expect(report.images.map(\.reason) == ["1 referrer is missing"])
        #expect(yard.destination.manifest(lost.description, in: "lab/r001") != nil)
        let blob = referrers[1].blobs[0].digest
        yard.destination.lose(blob: blob, in: image.repository)
        #expect(try await yard.pass().diff().plan.exitCode == 0)
        let plan = try await yard.pass { $0.deep = true }.diff().plan
        #expect(plan.images.map(\.verdict) == [.incomplete])
        #expect(try await yard.pass { $0.deep = true }.reconcile().images.map(\.result) == [.repaired])
        #expect(yard.destination.blob(blob, in: image.repository) != nil)
        #expect(try await yard.pass { $0.deep = true }.diff().plan.exitCode == 0)
    }

    @Test("two passes that add to one list at once end with both")
    func race() async throws {
        let (image, referrers) = try made()
        let one = try WireYard(source: { $0.hasReferrers = true })
        let another = try ScriptedRegistry(RegistryKnobs { $0.hasReferrers = true })
        try seed(one.source, image, [referrers[0]], listed: false)
        try seed(another, image, [referrers[1]], listed: false)
        let tag = MadeImage.tag(for: image.digest)
        // Nobody writes before both have read.
        let readers = Guarded(0)
        one.destination.setScript { request in
            guard request.route.reference == tag else { return nil }
            if request.method == "GET" { readers.with { $0 += 1 } }
            if request.method == "PUT" { untilTrue { readers.with { $0 } >= 2 } }
            return nil
        }
        let clients = [
            "to": try WireYard.client(one.destination.url), "from": try WireYard.client(another.url),
        ]
        let second = Pass(
            DesiredState(
                registries: [
                    "from": RegistryDeclaration(name: "from", host: another.host),
                    "to": RegistryDeclaration(name: "to", host: one.destination.host),
                ], rules: [try WireYard.rule(["lab/r001"])]), places: Places(clients))
        async let mine = try one.pass().reconcile()
        async let theirs = second.reconcile()
        let codes = (try await mine.exitCode, await theirs.exitCode)
        #expect(codes == (0, 0))
        let list = try ReferrerIndex(try #require(one.destination.manifest(tag, in: image.repository)))
        #expect(
            Set(list.entries.map(\.descriptor.digest.description)) == Set(referrers.map(\.manifest.digest)))
    }
}

/// Blocks a server's thread until something is true, for ten seconds at most.
private func untilTrue(_ condition: () -> Bool) {
    let end = ContinuousClock.now + .seconds(10)
    while !condition(), ContinuousClock.now < end { sched_yield() }
}

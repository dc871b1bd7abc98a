import Foundation
import Lab
import Testing

@Suite("Chosen platforms", .serialized, .timeLimit(.minutes(2))) struct PlatformTests {
    private static func images(_ media: Shape.Media = .oci) throws -> [MadeImage] {
        let maker = ImageMaker(
            Shape {
                $0.platforms = ["linux/amd64", "linux/arm64/v8", "linux/s390x"]
                $0.media = media
            })
        return try (1...4).map { try maker.image("kinds/a", "v\($0)") }
    }

    private func crossing(_ images: [MadeImage], _ keys: String...) throws -> Crossing {
        let crossing = try Crossing(nil)
        try crossing.seed(images)
        try crossing.write(
            Rule {
                $0.images = [Rule.named("kinds/a", "v1", "v2", "v3", "v4")]
                $0.more = keys
            })
        return crossing
    }

    @Test(
        "a part is copied; in sync it costs a HEAD a tag and side, and without State an index a tag",
        arguments: [Shape.Media.oci, .docker])
    func parts(media: Shape.Media) async throws {
        let images = try Self.images(media)
        let crossing = try crossing(images, "platforms: [linux/arm64, linux/amd64]", "referrers: false")
        let cold = try await crossing.davit("reconcile", "--output", "json")
        #expect(cold.status == 0, "\(cold.errors)")
        // Of three platforms' blobs two thirds are read.
        let all = Set(images.flatMap(\.blobs).map(\.digest)).count
        #expect(crossing.from.counts["GET blob"] == all * 2 / 3)
        for image in images {
            let held = try #require(
                try Verifier.manifest(image.tag, in: "kinds/a", RawClient(crossing.destination.endpoint)))
            let (whole, part) = (image.manifests.last?.bytes ?? [], String(decoding: held, as: UTF8.self))
            let dropped = try #require(image.manifests.dropLast().last)
            #expect(!part.contains(dropped.digest) && held.count < whole.count)
            for kept in image.manifests.dropLast(2) { #expect(part.contains(kept.digest)) }
        }
        for (options, reads) in [([], 0), (["--state", "none"], 4)] {
            crossing.reset()
            let synced = try await crossing.davit.run(["reconcile", crossing.davit.manifests] + options)
            #expect(synced.status == 0 && crossing.writes == 0, "\(synced.errors)")
            #expect(crossing.to.counts.requests == 4 && crossing.to.counts["HEAD manifest by tag"] == 4)
            // A HEAD a tag; without State the index as well.
            #expect(crossing.from.counts["HEAD manifest by tag"] == 4)
            #expect(crossing.from.counts["GET manifest by digest"] == reads)
            #expect(crossing.from.counts.requests == 4 + reads)
        }
    }

    @Test("a flat image is the platform's own manifest")
    func flat() async throws {
        let images = try Self.images()
        let crossing = try crossing(images, "platforms: [linux/amd64]", "flatten: true")
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
        for image in images {
            #expect(try crossing.held(image.tag, in: "kinds/a") == image.manifests[0].digest)
        }
        #expect(try await crossing.davit("diff").status == 0)
    }

    @Test("what the source has not is told: some of it with 0, all of it with 3")
    func missing() async throws {
        let crossing = try crossing(try Self.images(), "platforms: [linux/amd64, linux/riscv64]")
        let some = try await crossing.davit("reconcile")
        #expect(some.status == 0)
        #expect(some.errors.contains("/kinds/a has no linux/riscv64 in 4 of its images (v1, v2, v3, v4)"))
        let nothing = try self.crossing(try Self.images(), "platforms: [linux/riscv64]")
        let none = try await nothing.davit("diff")
        #expect(none.status == 3)
        #expect(
            none.output.contains(
                "! v1  the source is not for linux/riscv64; it is for linux/amd64, linux/arm64/v8"))
        #expect(try await nothing.davit("reconcile").status == 3 && nothing.writes == 0)
    }

    @Test("a plan of parts is saved and applied")
    func saved() async throws {
        let crossing = try crossing(try Self.images(), "platforms: [linux/amd64]")
        let plan = crossing.davit.file("plan")
        let diff = try await crossing.davit("diff", "--save", plan)
        #expect(diff.status == 2, "\(diff.errors)")
        let pass = try await crossing.davit("reconcile", "--plan", plan)
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(try await crossing.davit("diff").status == 0)
    }

    @Test("skopeo reads a part", .enabled(if: Skopeo.isInstalled))
    func judged() async throws {
        let crossing = try crossing(try Self.images(), "platforms: [linux/amd64]")
        #expect(try await crossing.davit("reconcile").status == 0)
        let raw = try await Skopeo().raw("\(crossing.destination.host)/kinds/a:v1")
        #expect(try crossing.held("v1", in: "kinds/a") == digest(of: Array(raw.utf8)))
    }
}

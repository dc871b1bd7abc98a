import Foundation
import Lab
import Testing

@Suite("Looking deep", .serialized, .timeLimit(.minutes(2))) struct DeepTests {
    private let image: MadeImage
    private let crossing: Crossing

    init() async throws {
        image = try ImageMaker(Shape { $0.platforms = ["linux/amd64", "linux/arm64"] }).image("kinds/a", "v1")
        crossing = try Crossing(nil)
        try crossing.seed([image])
        try crossing.write(Rule { $0.images = [Rule.named("kinds/a", "v1")] })
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.errors)")
    }

    private func delete(_ kind: String, _ digest: String) throws {
        let answer = try RawClient(crossing.destination.endpoint).send(
            "DELETE", "/v2/kinds/a/\(kind)/\(digest)")
        #expect(answer.status == 202)
    }

    /// Takes the bytes away under a link that stays, as a storage that lost a file does.
    private func lose(_ digest: String) throws {
        let hex = digest.dropFirst("sha256:".count)
        let path = "/docker/registry/v2/blobs/sha256/\(hex.prefix(2))/\(hex)/data"
        try FileManager.default.removeItem(atPath: crossing.destination.storage + path)
    }

    private func heals(_ missing: [String]) async throws {
        let plain = try await crossing.davit("diff")
        #expect(plain.status == 0, "\(plain.output)")
        let deep = try await crossing.davit("diff", "--deep")
        #expect(deep.status == 2)
        #expect(deep.output.contains("* v1"))
        for digest in missing { #expect(deep.output.contains(digest.prefix(19))) }
        let pass = try await crossing.davit("reconcile", "--deep")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(pass.output.contains("converged: 1 repaired"))
        #expect(try await crossing.differences(in: "kinds/a") == [])
        crossing.reset()
        let again = try await crossing.davit("reconcile", "--deep")
        #expect(again.status == 0 && again.output.contains("converged: 1 in sync") && crossing.writes == 0)
        // The tag, its index and two manifests, and each blob once.
        #expect(crossing.to.counts.requests == 4 + Set(image.blobs.map(\.digest)).count)
    }

    @Test("a blob and a child that were deleted are found and brought back")
    func deleted() async throws {
        try delete("blobs", image.blobs[0].digest)
        try delete("manifests", image.manifests[1].digest)
        try await heals([image.blobs[0].digest, image.manifests[1].digest])
    }

    @Test("bytes that are gone under their links are put again")
    func lost() async throws {
        try lose(image.blobs[0].digest)
        try lose(image.manifests[0].digest)
        // What it remembers in memory would hide the loss.
        try crossing.destination.restart()
        try await heals([image.blobs[0].digest, image.manifests[0].digest])
    }

    @Test("a saved plan repairs as well")
    func saved() async throws {
        try delete("blobs", image.blobs[0].digest)
        let plan = crossing.davit.file("plan")
        #expect(try await crossing.davit("diff", "--deep", "--save", plan).status == 2)
        let pass = try await crossing.davit("reconcile", "--plan", plan)
        #expect(pass.status == 0 && pass.output.contains("1 repaired"), "\(pass.output)\(pass.errors)")
        #expect(try await crossing.davit("diff", "--deep").status == 0)
        crossing.reset()
        let again = try await crossing.davit("reconcile", "--plan", plan)
        #expect(again.status == 0 && again.output.contains("1 in sync"), "\(again.output)\(again.errors)")
        #expect(crossing.writes == 0)
        let both = try await crossing.davit("reconcile", "--deep", "--plan", plan)
        #expect(both.status == 64)
    }

    @Test("what was lost behind a signature and a list of referrers is found and brought back")
    func signatures() async throws {
        let signature = image.signature()
        let referrer = image.referrer("application/vnd.example.sbom", note: "a")
        try crossing.seed([signature])
        try Seeder(crossing.sourceDoor.endpoint).push([referrer])
        #expect(try await crossing.davit("reconcile").status == 0)
        try delete("blobs", signature.blobs[0].digest)
        try delete("manifests", referrer.manifest.digest)
        let plain = try await crossing.davit("diff")
        #expect(plain.status == 0 && plain.output.contains("in sync"), "\(plain.output)")
        let deep = try await crossing.davit("diff", "--deep")
        #expect(deep.status == 2 && deep.output.contains("* v1"), "\(deep.output)\(deep.errors)")
        for digest in [signature.blobs[0].digest, referrer.manifest.digest] {
            #expect(deep.output.contains(digest.prefix(19)), "\(deep.output)")
        }
        let pass = try await crossing.davit("reconcile", "--deep")
        #expect(pass.status == 0 && pass.output.contains("1 repaired"), "\(pass.output)\(pass.errors)")
        #expect(try crossing.held(referrer.manifest.digest, in: "kinds/a") == referrer.manifest.digest)
        #expect(try await crossing.differences(in: "kinds/a", tags: [signature.tag]) == [])
        if Skopeo.isInstalled {
            let names = [crossing.sourceDoor, crossing.destinationDoor].map {
                "\($0.endpoint)/kinds/a:\(signature.tag)"
            }
            #expect(try await Skopeo().differences(names[0], names[1]) == [])
        }
        crossing.reset()
        #expect(try await crossing.davit("reconcile", "--deep").status == 0)
        #expect(crossing.writes == 0)
    }
}

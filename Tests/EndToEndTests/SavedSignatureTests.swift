import Foundation
import Lab
import Testing

@Suite("Saved plans with what hangs on images", .serialized, .timeLimit(.minutes(2)))
struct SavedSignatureTests {
    private let bundle = "application/vnd.dev.sigstore.bundle.v0.3+json"

    /// A plan of what is to be done now.
    private func plan(_ crossing: Crossing) async throws -> String {
        let path = crossing.davit.file("plan")
        let diff = try await crossing.davit("diff", "--save", path)
        #expect(diff.status == 2, "\(diff.errors)")
        return path
    }

    @Test("signatures and referrers go with their image, by the requests that were foretold, and once")
    func together() async throws {
        let crossing = try Crossing()
        let image = try ImageMaker().image()
        let signature = image.signature()
        try crossing.seed([signature])
        let referrers = ["a", "b"].map { image.referrer(bundle, note: $0) }
        try Seeder(crossing.sourceDoor.endpoint).push(referrers)
        try crossing.write()
        let path = try await plan(crossing)
        let shown = try await crossing.davit("reconcile", "--plan", path, "--dry-run", "--output", "json")
        let preview = try DiffJSON(shown)
        crossing.reset()
        let pass = try await crossing.davit("reconcile", "--plan", path)
        #expect(pass.status == 0, "\(pass.errors)\(pass.output)")
        #expect(crossing.requests == preview.plan.lookRequests + preview.totals.requests)
        #expect(crossing.to.counts.bytesUp == preview.totals.bytes)
        #expect(try crossing.held() == image.digest)
        #expect(try crossing.held(signature.tag) == signature.digest)
        #expect(try crossing.held(MadeImage.tag(for: image.digest)) == MadeReferrer.list(referrers).digest)
        crossing.reset()
        let again = try await crossing.davit("reconcile", "--plan", path)
        #expect(again.status == 0 && again.output.contains("1 in sync"), "\(again.output)")
        #expect(crossing.writes == 0)
        #expect(try await crossing.davit("diff").status == 0)
    }

    /// A crossing whose image is in sync, and a signature that came later.
    private func later() async throws -> (Crossing, MadeImage) {
        let crossing = try Crossing()
        try crossing.write()
        #expect(try await crossing.davit("reconcile").status == 0)
        let signature = try ImageMaker().image().signature()
        try crossing.seed([signature])
        return (crossing, signature)
    }

    @Test("a signature alone is brought, once")
    func alone() async throws {
        let (crossing, signature) = try await later()
        let path = try await plan(crossing)
        crossing.reset()
        let pass = try await crossing.davit("reconcile", "--plan", path)
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(crossing.to.counts["PUT manifest by tag"] == 0)
        #expect(crossing.to.counts["PUT manifest by sha256- tag"] == 1)
        #expect(try crossing.held(signature.tag) == signature.digest)
        crossing.reset()
        #expect(try await crossing.davit("reconcile", "--plan", path).status == 0)
        #expect(crossing.writes == 0)
    }

    @Test(
        "a signature that the source lost, or that another took the place of, refuses the plan",
        arguments: [true, false])
    func stale(isLost: Bool) async throws {
        let (crossing, signature) = try await later()
        let path = try await plan(crossing)
        if isLost {
            let target = "/v2/\(signature.repository)/manifests/\(signature.digest)"
            #expect(try RawClient(crossing.sourceDoor.endpoint).send("DELETE", target).status == 202)
        } else {
            try Seeder(crossing.destinationDoor.endpoint).push(
                try ImageMaker().image().signature(note: "other"))
        }
        crossing.reset()
        let pass = try await crossing.davit("reconcile", "--plan", path)
        #expect(pass.status == 3, "\(pass.errors)")
        #expect(pass.output.contains("! stale"), "\(pass.output)")
        #expect(crossing.writes == 0)
    }
}

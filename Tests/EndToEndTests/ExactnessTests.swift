import Foundation
import Lab
import Testing

/// What `diff --cost exact` says is what `reconcile` then sends over the wire, between real registries.
@Suite("The fold, beside the wire", .serialized, .timeLimit(.minutes(5))) struct ExactnessTests {
    @Test("the requests and bytes of thirty sets of images are those that were foretold")
    func foretells() async throws {
        let crossing = try Crossing(nil)
        for seed in 0..<30 {
            let fleet = Fleet(seed: seed + 9_000, prefix: "fleet/s\(seed)-r", most: 7)
            try await offPool {
                let (source, destination) = (
                    Seeder(crossing.sourceDoor.endpoint), Seeder(crossing.destinationDoor.endpoint)
                )
                for image in fleet.source { try source.push(image) }
                // Some of them are signed.
                for image in fleet.source.prefix(seed % 4 == 1 ? 3 : 0) { try source.push(image.signature()) }
                for image in fleet.destination { try destination.push(image) }
            }
            try crossing.write(
                Rule {
                    $0.images = fleet.repositories.map { Rule.all($0) }
                    $0.more = ["concurrency: \(1 + seed % 12)"]
                })
            let diff = try DiffJSON(try await crossing.davit("diff", "--cost", "exact", "--output", "json"))
            crossing.reset()
            if seed.isMultiple(of: 3) {
                try await applied(crossing, "seed \(seed)")
            } else {
                let pass = try await crossing.davit("reconcile", "--quiet")
                #expect(pass.status == 0, "\(pass.errors)")
                check(crossing, diff.plan.lookRequests, diff.totals, "seed \(seed)")
                #expect(crossing.from.counts.pulls == diff.totals.pulls)
            }
            for repository in fleet.repositories {
                #expect(try await crossing.differences(in: repository) == [], "seed \(seed)")
            }
            crossing.reset()
        }
    }

    /// The same by a saved plan.
    private func applied(_ crossing: Crossing, _ name: String) async throws {
        let path = crossing.davit.file("plan")
        _ = try await crossing.davit("diff", "--save", path, "--quiet")
        let shown = try await crossing.davit("reconcile", "--plan", path, "--dry-run", "--output", "json")
        let preview = try DiffJSON(shown)
        crossing.reset()
        let pass = try await crossing.davit("reconcile", "--plan", path, "--quiet")
        #expect(pass.status == 0, "\(pass.errors)")
        check(crossing, preview.plan.lookRequests, preview.totals, name)
        #expect(crossing.from.counts.pulls == 0)
    }

    private func check(_ crossing: Crossing, _ looks: Int, _ totals: DiffJSON.Cost, _ name: String) {
        let (from, to) = (crossing.from.counts, crossing.to.counts)
        #expect(crossing.requests == looks + totals.requests, "\(name)")
        #expect(to.bytesUp == totals.bytes && from.bytesUp == 0, "\(name)")
        #expect(to["PUT upload"] == totals.uploads && from["GET blob"] == totals.uploads, "\(name)")
        #expect(to.mounts == totals.mounts && to["POST mount"] == totals.mounts, "\(name)")
        // What came from the source as blobs is what went to the destination as blobs.
        #expect(from.kinds["GET blob"]?.bytesDown ?? 0 == to.uploadBytes, "\(name)")
    }
}

extension Counts {
    /// Manifests that were read.
    var pulls: Int {
        ["tag", "digest", "sha256- tag"].reduce(0) { $0 + self["GET manifest by \($1)"] }
    }
}

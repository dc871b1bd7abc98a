import Foundation
import Lab
import Testing

@Suite("What people read, word for word", .serialized, .timeLimit(.minutes(2))) struct GoldenTests {
    /// A destination with a tag in sync, one moved, one guarded, one missing at the source, one to copy.
    private func crossing() async throws -> Crossing {
        let crossing = try Crossing(Shape { $0.tags = 3 })
        let guarded = { (more: [String]) in
            Rule {
                $0.name = "lighthouse"
                $0.images = [Rule.named("lab/r001", "v001")]
                $0.destination = #"repository: "guarded/{name}""#
                $0.more = more
            }
        }
        try crossing.write(Rule { $0.images = [Rule.named("lab/r001", "v001", "v002")] })
        try crossing.write(guarded([]))
        #expect(try await crossing.davit("reconcile").status == 0)
        try crossing.seed(Shape { $0.seed = 2 })
        try crossing.write(
            Rule {
                $0.images = [Rule.entry("lab/r001", #"tags: { include: ["v*", nine], exclude: ["*-rc"] }"#)]
            })
        try crossing.write(guarded(["overwrite: never"]))
        return crossing
    }

    @Test("diff", arguments: ["none", "estimate", "exact"])
    func diff(cost: String) async throws {
        let crossing = try await crossing()
        let outcome = try await crossing.davit("diff", "--cost", cost)
        #expect(outcome.errors.isEmpty)
        try expectGolden(crossing.steady(outcome.output), "diff-\(cost)")
    }

    @Test("diff of an empty destination, and in sync")
    func diffAtTheEnds() async throws {
        let shape = Shape {
            $0.repositories = 2
            $0.tags = 2
            $0.shareAcross = 0.4
        }
        let crossing = try Crossing(shape)
        try crossing.write(Rule { $0.images = shape.repositoryNames.map { Rule.all($0) } })
        try expectGolden(crossing.steady(try await crossing.davit("diff").output), "diff-fresh")
        try expectGolden(crossing.steady(try await crossing.davit("reconcile").output), "reconcile-fresh")
        try expectGolden(crossing.steady(try await crossing.davit("diff").output), "diff-in-sync")
    }

    @Test("reconcile, with what went wrong")
    func reconcile() async throws {
        let crossing = try await crossing()
        crossing.to.setHook(Fault("PUT manifest by tag", of: "v003", .answer(403)).callAsFunction)
        let outcome = try await crossing.davit("reconcile")
        #expect(outcome.status == 1)
        let events = outcome.errors.split(separator: "\n").sorted().joined(separator: "\n")
        try expectGolden(
            crossing.steady(outcome.output + "-- standard error, sorted\n" + events + "\n"), "reconcile")
    }

    @Test("select")
    func select() async throws {
        let crossing = try Crossing(Shape { $0.tags = 3 })
        try crossing.write(
            Rule {
                $0.images = [
                    Rule.entry(
                        "lab/r001", #"tags: { include: ["v*"], exclude: ["v002"], newest: 1, sortBy: name }"#)
                ]
            })
        try expectGolden(crossing.steady(try await crossing.davit("select").output), "select")
    }

    @Test("faults of manifests")
    func validate() async throws {
        let davit = try Davit()
        try davit.write(
            """
            apiVersion: davit/v1
            kind: Replication
            metadata: { name: harbour }
            spec:
              source: { registry: nowhere }
              destination: { registry: "127.0.0.1:1", repository: "{nam}" }
              imagez: []
              images:
                - repository: lab/R001
                  tags: { semver: "much", include: "v*" }
                - repository: lab/r002
                  pins: { v1: sha256:abc }
            """)
        let outcome = try await davit("validate")
        #expect(outcome.status == 65)
        try expectGolden(
            outcome.errors.replacingOccurrences(of: davit.manifests, with: "MANIFESTS"), "validate")
    }
}

/// Compares a text with the recorded one; `DAVIT_RECORD=1` records it instead.
func expectGolden(_ text: String, _ name: String, at place: SourceLocation = #_sourceLocation) throws {
    let folder = ((#filePath as NSString).deletingLastPathComponent as NSString)
    let path = folder.appendingPathComponent("Goldens/\(name).txt")
    if ProcessInfo.processInfo.environment["DAVIT_RECORD"] == "1" {
        return try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let recorded = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text == recorded, "\(name) is now:\n\(text)", sourceLocation: place)
}

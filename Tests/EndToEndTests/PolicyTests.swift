import Foundation
import Lab
import Testing

@Suite("Changes and policies", .serialized, .timeLimit(.minutes(2))) struct PolicyTests {
    private let old = Shape { $0.tags = 2 }
    private let new = Shape { $0.seed = 2 }

    /// Both sides the same, then one tag of the source moved.
    private func moved(_ change: (inout Rule) -> Void = { _ in }) async throws -> Crossing {
        let crossing = try Crossing(old)
        try crossing.write()
        #expect(try await crossing.davit("reconcile").status == 0)
        try crossing.seed(new)
        try crossing.write(Rule(change))
        crossing.reset()
        return crossing
    }

    private func digests() throws -> (old: String, new: String) {
        (try ImageMaker(old).image().digest, try ImageMaker(new).image().digest)
    }

    private func short(_ digest: String) -> String { String(digest.dropFirst(7).prefix(12)) }

    @Test("a moved tag is told with both digests, then moved")
    func updates() async throws {
        let crossing = try await moved()
        let (was, willBe) = try digests()
        let diff = try await crossing.davit("diff")
        #expect(diff.status == 2)
        let line = diff.output.split(separator: "\n").first { $0.contains("~ v001") } ?? ""
        #expect(line.contains(short(was)) && line.contains(short(willBe)), "\(diff.output)")
        #expect(diff.output.contains("= 1 in sync"))
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0)
        #expect(pass.output.hasPrefix("converged: 1 updated, 1 in sync\n"), "\(pass.output)")
        #expect(try crossing.held() == willBe)
    }

    @Test("overwrite: never refuses to move a tag, with 3, unless it is acknowledged")
    func neverOverwrites() async throws {
        let crossing = try await moved { $0.more = ["overwrite: never"] }
        for command in ["diff", "reconcile"] {
            let outcome = try await crossing.davit(command)
            #expect(outcome.status == 3)
            #expect(outcome.output.contains("! "), "\(outcome.output)")
            #expect(outcome.output.contains("overwrite: never"))
        }
        try crossing.write(Rule { $0.more = ["overwrite: never", "acknowledge: [\"lab/r001:v001\"]"] })
        for command in ["diff", "reconcile"] {
            let outcome = try await crossing.davit(command)
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("(acknowledged)"), "\(outcome.output)")
        }
        #expect(crossing.writes == 0)
        #expect(try crossing.held() == digests().old)
    }

    @Test("overwrite: never does not keep a missing tag away")
    func neverStillCopies() async throws {
        let crossing = try Crossing()
        try crossing.write(Rule { $0.more = ["overwrite: never"] })
        #expect(try await crossing.davit("reconcile").status == 0)
        #expect(try await crossing.differences() == [])
    }

    @Test("a pin holds against a moved source tag, and the move is told")
    func pins() async throws {
        let was = try digests().old
        let crossing = try await moved { $0.images = [Rule.pinned("lab/r001", "v001", was)] }
        let diff = try await crossing.davit("diff", "--output", "json")
        #expect(diff.status == 0)
        let image = try #require(try DiffJSON(diff).plan.images.first)
        #expect(image.verdict == "in-sync" && image.wanted == was)
        #expect(image.reason.contains("moved"), "\(image.reason)")
        let text = try await crossing.davit("diff").output
        #expect(text.contains("= v001") && text.contains("the source's tag has moved to"), "\(text)")
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0)
        #expect(
            (pass.output + pass.errors).contains("moved"),
            "a person must see it: \(pass.output)\(pass.errors)")
        #expect(try crossing.held() == was)
    }

    @Test("a pinned digest that the destination lacks is copied by digest, whatever the tag stands for")
    func copiesPins() async throws {
        let crossing = try Crossing(old)
        try crossing.seed(new)
        let was = try digests().old
        try crossing.write(Rule { $0.images = [Rule.pinned("lab/r001", "v001", was)] })
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try crossing.held() == was)
    }

    @Test("what is named and missing at the source is told, with 1; the rest is copied")
    func missing() async throws {
        let gone = "sha256:" + String(repeating: "ab", count: 32)
        for (entry, name) in [
            (Rule.pinned("lab/r001", "v009", gone), "v009"), (Rule.named("lab/r001", "nine"), "nine"),
        ] {
            let crossing = try Crossing(old)
            try crossing.write(Rule { $0.images = [entry, Rule.named("lab/r001", "v002")] })
            let diff = try await crossing.davit("diff")
            #expect(diff.status == 1)
            #expect(diff.output.contains("? \(name)"), "\(diff.output)\(diff.errors)")
            let pass = try await crossing.davit("reconcile")
            #expect(pass.status == 1)
            #expect(pass.output.contains("? missing"), "\(pass.output)")
            #expect(try crossing.heldTags() == ["v002"])
        }
    }
}

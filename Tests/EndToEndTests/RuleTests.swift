import Foundation
import Lab
import Testing

@Suite("Rules and selection", .serialized, .timeLimit(.minutes(2))) struct RuleTests {
    private let shape = Shape {
        $0.repositories = 2
        $0.tags = 2
    }

    @Test("a suspended rule is told and not looked at")
    func suspends() async throws {
        let crossing = try Crossing()
        try crossing.write(Rule { $0.more = ["suspend: true"] })
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0)
        #expect(pass.errors.contains("rule harbour: suspended"))
        #expect(crossing.requests == 0)
    }

    @Test("a rule that selects nothing warns, and fails where it must match")
    func matchesNothing() async throws {
        let crossing = try Crossing()
        for (more, status, word) in [([], 0, "warning: "), (["requireMatch: true"], Int32(1), "error: ")] {
            try crossing.write(
                Rule {
                    $0.images = [Rule.named("lab/r001", "x*")]
                    $0.more = more
                })
            for command in ["diff", "reconcile"] {
                let outcome = try await crossing.davit(command)
                #expect(outcome.status == status)
                #expect(
                    outcome.errors.contains("\(word)rule harbour: it selects nothing"), "\(outcome.errors)")
            }
        }
    }

    @Test("two rules, several entries and renaming templates")
    func renames() async throws {
        let crossing = try Crossing(shape)
        try crossing.write(
            Rule {
                $0.images = [
                    Rule.named("lab/r001", "v001"), Rule.named("lab/r001", "v002"), Rule.all("lab/r002"),
                ]
                $0.destination = #"repository: "mirror/{name}", tag: "{tag}-copy""#
            })
        try crossing.write(
            Rule {
                $0.name = "lighthouse"
                $0.images = [#"{ repositories: { include: ["lab/*"] }, tags: { include: ["v001"] } }"#]
                $0.destination = #"repository: "{registry}/{namespace}/x-{name}""#
            })
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try crossing.heldTags(in: "mirror/r001") == ["v001-copy", "v002-copy"])
        #expect(try crossing.heldTags(in: "mirror/r002") == ["v001-copy", "v002-copy"])
        let folder = crossing.from.host.replacingOccurrences(of: ":", with: "-") + "/lab/x-r002"
        #expect(try crossing.heldTags(in: folder) == ["v001"])
        #expect(try crossing.held("v001-copy", in: "mirror/r002") == crossing.held("v001", in: folder))
    }

    @Test("--rule runs that rule alone; one that is not there is wrong use")
    func picksRules() async throws {
        let crossing = try Crossing(shape)
        try crossing.write()
        try crossing.write(
            Rule {
                $0.name = "lighthouse"
                $0.images = [Rule.all("lab/r002")]
            })
        let pass = try await crossing.davit("reconcile", "--rule", "lighthouse")
        #expect(pass.status == 0)
        #expect(try crossing.heldTags(in: "lab/r002").count == 2)
        #expect(try crossing.heldTags() == [])
        let wrong = try await crossing.davit("reconcile", "--rule", "pharos")
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("there is no rule pharos; there are: harbour, lighthouse"))
    }

    @Test(
        "two sources for one tag are refused before anything moves",
        arguments: ["diff", "reconcile", "select"])
    func collides(command: String) async throws {
        let crossing = try Crossing(shape)
        try crossing.write(
            Rule {
                $0.images = [Rule.all("lab/r001"), Rule.named("lab/r002", "v*")]
                $0.destination = #"repository: "one/place""#
            })
        let outcome = try await crossing.davit(command)
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("one/place:v001"), "\(outcome.errors)")
        #expect(outcome.errors.contains("lab/r001:v001") && outcome.errors.contains("lab/r002:v001"))
        #expect(crossing.to.counts.requests == 0)
    }

    @Test("select tells every tag's fate, as text and as JSON")
    func selects() async throws {
        let crossing = try Crossing(Shape { $0.tags = 3 })
        try crossing.write(
            Rule { $0.images = [Rule.entry("lab/r001", #"tags: { include: ["v*"], exclude: ["v002"] }"#)] })
        let text = try await crossing.davit("select")
        #expect(text.status == 0)
        #expect(text.output.contains("+ v001") && text.output.contains("- v002"))
        #expect(text.output.hasSuffix("2 kept, 1 dropped\n"))
        let kept = try await crossing.davit("select", "--kept", "--output", "json")
        struct Selected: Decodable {
            struct Rule: Decodable { var tags: [Tag] }
            struct Tag: Decodable { var tag: String }
            var version: Int
            var rules: [Rule]
        }
        let selected: Selected = try json(kept.output)
        #expect(selected.version == 1)
        #expect(selected.rules.flatMap(\.tags).map(\.tag) == ["v001", "v003"])
        #expect(crossing.to.counts.requests == 0)
        #expect(crossing.writes == 0)
    }
}

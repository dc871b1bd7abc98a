import Desired
import OCI
import Registry
import Testing

@testable import Reconcile

@Suite("A shard of the work") struct ShardTests {
    let yard = Yard()
    private static let names = (1...12).map { "lab/r\($0)" }

    init() async throws {
        for name in Self.names {
            for tag in ["v1", "v2"] { try await yard.source.hold(SampleImage(name + tag), name, tag) }
        }
    }

    private static func all(_ names: [String] = names, change: (inout Replication) throws -> Void = { _ in })
        throws -> Replication
    {
        try Yard.rule(
            Dictionary(uniqueKeysWithValues: names.map { ($0, ["*"]) }), name: "rule", change: change)
    }

    private func survey(_ rules: [Replication], _ shard: Shard) async -> Survey {
        await yard.pass(rules) { $0.shard = shard }.survey()
    }

    private var listed: Set<String> {
        get async {
            Set(
                await yard.source.calls.compactMap { if case .tags(let name) = $0 { "\(name)" } else { nil } }
            )
        }
    }

    @Test("each claim is one shard's, and each source repository is listed by one shard")
    func parts() async throws {
        var claims: [Claim] = []
        for index in 0..<3 {
            let shard = try Shard(index, of: 3)
            await yard.forgetCalls()
            let survey = await survey([try Self.all()], shard)
            let own = Set(survey.claims.map { "\($0.sourceRepository)" })
            #expect(await listed == own && survey.requests == own.count)
            #expect(survey.warnings.isEmpty && survey.faults.isEmpty)
            let decided = survey.decisions["rule"] ?? []
            #expect(Set(decided.map { "\($0.repository)" }) == own)
            claims += survey.claims
        }
        let whole = await yard.pass([try Self.all()]).survey().claims
        #expect(claims.count == 24 && Set(claims) == Set(whole))
    }

    @Test("catalogs are read by all, tags by the one that needs them; templates decide where they are")
    func catalog() async throws {
        let entry = ImageEntry(
            repositories: .matching(include: [Glob("lab/*")], exclude: []),
            tags: TagSelector(include: [Glob("*")]))
        var rule = try Self.all()
        rule.images = [entry]
        rule.destination.repository = NameTemplate(text: "mirror/{name}")
        var total = 0
        for index in 0..<4 {
            await yard.forgetCalls()
            let shard = try Shard(index, of: 4)
            let survey = await survey([rule], shard)
            #expect(survey.claims.allSatisfy { shard.owns($0.destinationRepository) })
            #expect(await listed.count * 2 == survey.claims.count)
            #expect(await yard.source.calls.contains(.repositories))
            total += await listed.count
        }
        #expect(total == 12)
    }

    @Test("a rule that must match is listed whole, so that each shard says the same of it")
    func requiredMatch() async throws {
        for index in 0..<3 {
            await yard.forgetCalls()
            let rule = try Self.all { rule in
                rule.requireMatch = true
                for place in rule.images.indices {
                    rule.images[place].tags = TagSelector(include: [Glob("x*")])
                }
            }
            let survey = await survey([rule], try Shard(index, of: 3))
            #expect(survey.faults.count == 1)
            #expect(await listed.count == 12)
        }
    }

    @Test(
        "what could collide is listed by all, and each shard refuses alike",
        arguments: ["repository", "tag", "tag in a repository", "platforms"])
    func collides(way: String) async throws {
        var other = try Self.all { $0.name = "other" }
        var rule = try Self.all()
        switch way {
        case "repository": other.destination.repository = NameTemplate(text: "lab/r1")
        case "tag": rule.destination.tag = NameTemplate(text: "one")
        case "tag in a repository": other.destination.repository = NameTemplate(text: "lab/{tag}")
        default:
            let choice = PlatformChoice([try PlatformSelector("linux/amd64")], flattens: false)
            for place in other.images.indices { other.images[place].platforms = choice }
        }
        if way == "tag in a repository" {
            for (name, tag) in [("lab/r1", "r7"), ("lab/r7", "r7")] {
                try await yard.source.hold(SampleImage(name + tag), name, tag)
            }
        }
        let rules = way == "tag" ? [rule] : [rule, other]
        let whole = await yard.pass(rules).survey().collisions
        #expect(!whole.isEmpty)
        for index in 0..<3 {
            let survey = await survey(rules, try Shard(index, of: 3))
            #expect(survey.collisions == whole)
        }
    }

    @Test("equal claims of two rules are no collision, and cost no list")
    func equalClaims() async throws {
        let other = try Self.all { $0.name = "other" }
        var lists = 0
        for index in 0..<3 {
            await yard.forgetCalls()
            lists += await survey([try Self.all(), other], try Shard(index, of: 3)).requests
        }
        #expect(lists == 12)
    }

    @Test("a shard without work does nothing and is converged")
    func idle() async throws {
        let rule = try Self.all(["lab/r1"])
        var reports: [PassReport] = []
        for index in 0..<8 {
            let shard = try Shard(index, of: 8)
            let report = await yard.pass([rule]) { $0.shard = shard }.reconcile()
            #expect(report.exitCode == 0 && report.shard == shard)
            reports.append(report)
        }
        #expect(reports.map(\.images.count).sorted() == [0, 0, 0, 0, 0, 0, 0, 2])
        #expect(reports.filter(\.images.isEmpty).allSatisfy { $0.lookRequests == 0 && $0.warnings.isEmpty })
    }
}

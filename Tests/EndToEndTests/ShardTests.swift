import Foundation
import Lab
import Testing

@Suite("Shards", .serialized, .timeLimit(.minutes(3))) struct ShardTests {
    /// Twelve repositories that share a layer. Of eight shards the third has none of them.
    private let shape = Shape {
        $0.repositories = 12
        $0.tags = 2
        $0.layerSizes = [3_000, 2_000, 1_000]
        $0.shareAcross = 0.34
    }

    private func crossing() throws -> Crossing {
        let crossing = try Crossing(shape)
        try crossing.write(Rule { $0.images = shape.repositoryNames.map { Rule.all($0) } })
        return crossing
    }

    @Test(
        "eight shards end in what one run gives, each lists its own alone, and three shards later nothing moves"
    )
    func likeOne() async throws {
        let (one, crossing) = (try crossing(), try crossing())
        #expect(try await one.davit("reconcile").status == 0)
        let shared = one.to.records.filter { $0.kind == "PUT upload" }.count
        // 12 repositories, two images each, of which the lowest layer is common to all.
        #expect(shared == 1 + 12 * 2 * 3)
        var (lists, uploads, busy) = ([Int](), [Int](), 0)
        for index in 0..<8 {
            crossing.reset()
            let pass = try await crossing.davit("reconcile", "--shard", "\(index)/8")
            #expect(pass.status == 0, "\(pass.errors)")
            #expect(pass.output.hasPrefix("shard \(index)/8 by repository\n"), "\(pass.output)")
            lists.append(crossing.from.counts["GET tags/list"])
            uploads.append(crossing.to.counts["PUT upload"])
            let repositories = Set(
                crossing.to.records.filter { $0.kind == "PUT manifest by tag" }.map(\.route.repository))
            // A shared layer goes up once for each shard that has work, however many repositories it has.
            #expect(uploads[index] == (repositories.isEmpty ? 0 : 1) + repositories.count * 6)
            busy += repositories.isEmpty ? 0 : 1
        }
        #expect(lists == [1, 1, 0, 1, 3, 2, 3, 1])
        #expect(busy == 7 && uploads.reduce(0, +) == shared + 6)
        #expect(try await crossing.differences(shape) == [])
        #expect(try crossing.destination.files() == one.destination.files())
        var inSync = 0
        for index in 0..<3 {
            crossing.reset()
            let pass = try await crossing.davit("reconcile", "--shard", "\(index)/3", "--output", "json")
            #expect(pass.status == 0 && crossing.writes == 0, "\(pass.errors)")
            inSync += try ReportJSON(pass).counts["in-sync"] ?? 0
        }
        #expect(inSync == 24)
        #expect(try crossing.destination.files() == one.destination.files())
    }

    @Test("a shard without work asks nobody, says so, and ends with 0")
    func idle() async throws {
        let crossing = try crossing()
        for command in ["reconcile", "diff", "select"] {
            let outcome = try await crossing.davit(command, "--shard", "2/8", "--shard-by", "repository")
            #expect(outcome.status == 0 && crossing.requests == 0, "\(outcome.errors)")
            #expect(outcome.output.hasPrefix("shard 2/8 by repository\n"))
            guard command != "select" else { continue }
            #expect(
                outcome.output.contains(": nothing that is selected is this shard's"), "\(outcome.output)")
        }
    }

    @Test("select shows what is a shard's own, and by a prefix all of one folder is")
    func selects() async throws {
        let crossing = try crossing()
        var tags = 0
        for index in 0..<3 {
            let shown = try await crossing.davit("select", "--shard", "\(index)/3")
            let own = shown.output.split(separator: "\n").count { $0.hasPrefix("    + ") }
            #expect(shown.status == 0 && shown.output.contains("\n\(own) kept, 0 dropped"), "\(shown.output)")
            tags += own
        }
        #expect(tags == 24)
        var sizes: [Int] = []
        for index in 0..<3 {
            let diff = try await crossing.davit(
                "diff", "--shard", "\(index)/3", "--shard-by", "prefix:1", "--output", "json")
            sizes.append(try DiffJSON(diff).plan.images.count)
            #expect(diff.output.contains(#""by" : "prefix:1""#), "\(diff.output.prefix(300))")
        }
        #expect(sizes.sorted() == [0, 0, 24])
    }

    @Test(
        "what is no shard is wrong use",
        arguments: [
            (["--shard", "8/8"], "there is no shard 8 of 8: they are counted from 0 to 7"),
            (["--shard", "0/0"], "there are no 0 shards"), (["--shard", "1"], "'1' is no shard"),
            (["--shard", "0/2", "--shard-by", "tag"], "'tag' is neither"),
            (["--shard-by", "prefix:2"], "--shard-by goes with --shard"),
        ])
    func refuses(options: [String], words: String) async throws {
        let davit = try Davit()
        try davit.write(Rule().yaml(from: "127.0.0.1:1", to: "127.0.0.1:2"))
        for command in ["reconcile", "diff", "select"] {
            let outcome = try await davit.run([command, davit.manifests] + options)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
        }
    }

    @Test("a saved plan says its shard and is refused for another one")
    func savedPlan() async throws {
        let crossing = try crossing()
        let path = crossing.davit.file("plan")
        let diff = try await crossing.davit("diff", "--shard", "7/8", "--save", path)
        #expect(diff.status == 2, "\(diff.errors)")
        crossing.reset()
        for options in [
            ["--shard", "6/8"], ["--shard", "7/9"], ["--shard", "7/8", "--shard-by", "prefix:1"], [],
        ] {
            let refused = try await crossing.davit.run(
                ["reconcile", crossing.davit.manifests, "--plan", path] + options)
            #expect(refused.status == 65 && crossing.requests == 0)
            #expect(
                refused.errors.contains("the plan is for shard 7/8 by repository: say --shard 7/8"),
                "\(refused.errors)")
        }
        let pass = try await crossing.davit("reconcile", "--plan", path, "--shard", "7/8")
        #expect(pass.status == 0 && pass.output.contains("converged: 2 copied"), "\(pass.output)")
        let whole = crossing.davit.file("whole")
        #expect(try await crossing.davit("diff", "--save", whole).status == 2)
        let refused = try await crossing.davit("reconcile", "--plan", whole, "--shard", "7/8")
        #expect(refused.status == 65 && refused.errors.contains("leave --shard 7/8 out"), "\(refused.errors)")
    }

    @Test("each shard remembers in a file of its own, also where one is named")
    func stateFiles() async throws {
        let crossing = try crossing()
        for index in [6, 7] {
            let shard = "\(index)/8"
            #expect(try await crossing.davit("reconcile", "--shard", shard).status == 0)
            let path = crossing.davit.file("own.db")
            #expect(try await crossing.davit("reconcile", "--shard", shard, "--state", path).status == 0)
        }
        let usual = crossing.davit.file("home/.local/state/davit")
        let files = try FileManager.default.contentsOfDirectory(atPath: usual).filter { $0.hasSuffix(".db") }
        #expect(files.sorted() == ["state.shard-6-of-8.db", "state.shard-7-of-8.db"])
        let exists = FileManager.default.fileExists(atPath:)
        #expect(exists(crossing.davit.file("own.shard-6-of-8.db")) && !exists(crossing.davit.file("own.db")))
        crossing.reset()
        #expect(try await crossing.davit("reconcile", "--shard", "6/8", "--state", "none").status == 0)
        #expect(crossing.writes == 0)
    }

    @Test("limits are divided by the number of shards")
    func limits() async throws {
        let crossing = try Crossing(shape)
        let limits = ", limits: { concurrency: 4 }"
        try crossing.davit.write(
            Rule { $0.images = shape.repositoryNames.map { Rule.all($0) } }.yaml(from: "left", to: "right")
                + Rule.registry("left", crossing.from.host, limits)
                + Rule.registry("right", crossing.to.host, limits))
        for proxy in [crossing.from, crossing.to] { proxy.setHook { _ in .hold(seconds: 0.02) } }
        let pass = try await crossing.davit("reconcile", "--shard", "0/2")
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(crossing.from.counts.mostAtOnce == 2 && crossing.to.counts.mostAtOnce == 2)
    }

    @Test("two sources for one tag are refused by every shard")
    func collides() async throws {
        let crossing = try crossing()
        try crossing.write(
            Rule {
                $0.name = "other"
                $0.images = [Rule.all("lab/r001")]
                $0.destination = #"repository: "lab/r002""#
            })
        for index in 0..<3 {
            let pass = try await crossing.davit("reconcile", "--shard", "\(index)/3")
            #expect(pass.status == 65 && crossing.writes == 0, "\(pass.output)")
        }
    }
}

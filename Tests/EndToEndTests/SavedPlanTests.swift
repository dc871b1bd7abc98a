import Foundation
import Lab
import Testing

@Suite("Plans that are saved and applied", .serialized, .timeLimit(.minutes(2))) struct SavedPlanTests {
    private let shape = Shape {
        $0.repositories = 2
        $0.tags = 3
        $0.shareAcross = 0.34
        $0.shareInRepository = 0.34
    }

    private func crossing() throws -> Crossing {
        let crossing = try Crossing(shape)
        try crossing.write(Rule { $0.images = [Rule.all("lab/r001"), Rule.all("lab/r002")] })
        return crossing
    }

    /// A crossing and the path of a plan that was made on it.
    private func planned() async throws -> (Crossing, String) {
        let crossing = try crossing()
        let path = crossing.davit.file("plan")
        let diff = try await crossing.davit("diff", "--save", path)
        #expect(diff.status == 2, "\(diff.errors)")
        #expect(crossing.writes == 0)
        crossing.reset()
        return (crossing, path)
    }

    @Test("what is saved is applied: the same bytes, no manifest read again, and then nothing to do")
    func applies() async throws {
        let (crossing, path) = try await planned()
        let facts = try FileManager.default.attributesOfItem(atPath: path)
        #expect(facts[.posixPermissions] as? Int == 0o600)
        let shown = try await crossing.davit("reconcile", "--plan", path, "--dry-run", "--output", "json")
        let preview = try DiffJSON(shown)
        #expect(shown.status == 2 && crossing.writes == 0)
        crossing.reset()
        let report = crossing.davit.file("report.json")
        let pass = try await crossing.davit("reconcile", "--plan", path, "--report", report)
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(crossing.requests == preview.plan.lookRequests + preview.totals.requests)
        #expect(crossing.to.counts.bytesUp == preview.totals.bytes)
        #expect(
            crossing.from.counts["GET manifest by tag"] + crossing.from.counts["GET manifest by digest"] == 0)
        #expect(try ReportJSON(text: crossing.davit.text("report.json")).counts["copied"] == 6)
        #expect(try await crossing.differences(shape) == [])
        crossing.reset()
        let again = try await crossing.davit("reconcile", "--plan", path)
        #expect(again.status == 0 && again.output.contains("converged: 6 in sync"), "\(again.output)")
        #expect(crossing.writes == 0)
    }

    @Test("a plan is the same, byte for byte, whenever it is made")
    func isSteady() async throws {
        let (crossing, path) = try await planned()
        let other = crossing.davit.file("other")
        _ = try await crossing.davit("diff", "--save", other)
        func lines(_ path: String) throws -> [Substring] {
            // The first line holds the time, and the last one the digest of all.
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst().dropLast()
        }
        #expect(try lines(path) == lines(other))
    }

    @Test("a destination that was moved refuses the plan with 3 and all names; --skip-stale does the rest")
    func stale() async throws {
        let (crossing, path) = try await planned()
        let other = try ImageMaker(Shape { $0.seed = 7 }).image("lab/r001", "v002")
        try Seeder(crossing.destinationDoor.endpoint).push(other)
        let refused = try await crossing.davit("reconcile", "--plan", path)
        #expect(refused.status == 3)
        #expect(refused.output.contains("! stale \(crossing.to.host)/lab/r001:v002"), "\(refused.output)")
        #expect(refused.output.contains("refused: 1 stale, 5 skipped"), "\(refused.output)")
        #expect(crossing.writes == 0)
        let rest = try await crossing.davit("reconcile", "--plan", path, "--skip-stale")
        #expect(rest.status == 3)
        #expect(rest.output.contains("5 copied, 1 stale"), "\(rest.output)")
        #expect(try crossing.held("v002") == other.digest)
    }

    @Test("a source tag that was moved is not followed, and --strict-source refuses it")
    func movedSource() async throws {
        let (crossing, path) = try await planned()
        let planned = try ImageMaker(shape).image("lab/r001", "v002").digest
        try crossing.seed([try ImageMaker(Shape { $0.seed = 7 }).image("lab/r001", "v002")])
        let strict = try await crossing.davit("reconcile", "--plan", path, "--strict-source")
        #expect(strict.status == 3 && strict.output.contains("! stale"), "\(strict.output)")
        #expect(crossing.writes == 0)
        let pass = try await crossing.davit("reconcile", "--plan", path)
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(pass.errors.contains("since the plan was made; the planned"), "\(pass.errors)")
        #expect(try crossing.held("v002") == planned)
    }

    @Test("a plan for other rules is refused with 65; comments and layout are none of its business")
    func otherRules() async throws {
        let (crossing, path) = try await planned()
        let yaml = try crossing.davit.text("manifests/harbour.yaml")
        try crossing.davit.write("# a comment\n\n" + yaml, to: "harbour.yaml")
        #expect(try await crossing.davit("reconcile", "--plan", path, "--dry-run").status == 2)
        try crossing.davit.write(
            yaml.replacingOccurrences(of: "lab/r002, ", with: "lab/r003, "), to: "harbour.yaml")
        crossing.reset()
        let pass = try await crossing.davit("reconcile", "--plan", path)
        #expect(pass.status == 65)
        #expect(pass.errors.contains("their rules say something else now; make it anew"), "\(pass.errors)")
        #expect(crossing.requests == 0)
    }

    @Test("a plan of some rules knows them")
    func chosenRules() async throws {
        let crossing = try crossing()
        try crossing.write(
            Rule {
                $0.name = "other"
                $0.images = [Rule.all("lab/r009")]
            })
        let path = crossing.davit.file("plan")
        #expect(try await crossing.davit("diff", "--rule", "harbour", "--save", path).status == 2)
        #expect(try await crossing.davit("reconcile", "--plan", path).status == 0)
        #expect(try await crossing.differences(shape) == [])
    }

    @Test(
        "a plan that was cut off or changed is refused with 65 before anything is asked",
        arguments: ["cut", "byte", "host", "text", "empty"])
    func damaged(how: String) async throws {
        let (crossing, path) = try await planned()
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var said = ""
        switch how {
        case "cut":
            bytes.removeLast(bytes.count / 3)
            said = "the plan is cut off"
        case "byte":
            bytes[bytes.count / 2] ^= 1
            said = "is damaged"
        case "host":
            let host = crossing.to.host
            let other = "127.0.0.2" + host.drop { $0 != ":" }
            bytes = Array(
                String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: host, with: other).utf8)
            said = "does not belong to the manifests"
        case "text":
            bytes = Array("images: []\n".utf8)
            said = "this is no plan"
        default:
            bytes = []
            said = "this is no plan"
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let pass = try await crossing.davit("reconcile", "--plan", path)
        #expect(pass.status == 65)
        #expect(pass.errors.contains(said), "\(pass.errors)")
        #expect(crossing.requests == 0)
    }

    @Test("a full disk, a missing file and options that do not go together are told")
    func misuse() async throws {
        let crossing = try crossing()
        let full = try await crossing.davit("diff", "--save", "/dev/full")
        #expect(full.status == 1)
        #expect(full.errors.contains("the plan could not be written to /dev/full"), "\(full.errors)")
        let plan = crossing.davit.file("plan")
        for options in [
            ["diff", "--save", plan, "--cost", "none"], ["diff", "--save", crossing.davit.file("no/plan")],
            ["reconcile", "--plan", plan], ["reconcile", "--skip-stale"], ["reconcile", "--strict-source"],
            ["reconcile", "--plan", "/dev/null"], ["reconcile", "--plan", plan, "--rule", "harbour"],
        ] {
            let outcome = try await crossing.davit.run(
                [options[0], crossing.davit.manifests] + options.dropFirst())
            #expect(outcome.status == 64, "\(options): \(outcome.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: plan))
    }

    @Test("a diff that is ended early writes no plan and leaves no draft")
    func ended() async throws {
        let crossing = try crossing()
        let path = try crossing.davit.write("old", at: "out/plan")
        crossing.to.setHook { $0.kind == "HEAD manifest by tag" ? .hold(seconds: 2) : .pass }
        let running = try crossing.davit.start("diff", "--save", path)
        let isBegun = try await offPool {
            defer { running.signal(SIGTERM) }
            return eventually(within: 20) { crossing.to.counts["HEAD manifest by tag"] > 0 }
        }
        #expect(isBegun)
        let outcome = try await running.end(timeout: 60)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("no plan was written"), "\(outcome.errors)")
        let files = try FileManager.default.contentsOfDirectory(atPath: crossing.davit.file("out"))
        #expect(files == ["plan"])
        #expect(try crossing.davit.text("out/plan") == "old")
    }
}

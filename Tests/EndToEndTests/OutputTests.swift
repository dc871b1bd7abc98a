import Foundation
import Lab
import Testing

@Suite("What is printed and written", .serialized, .timeLimit(.minutes(2))) struct OutputTests {
    private func crossing() throws -> Crossing {
        let crossing = try Crossing(Shape { $0.tags = 2 })
        try crossing.write()
        return crossing
    }

    @Test("JSON of a diff and of a pass has a version and the exit code")
    func documents() async throws {
        let crossing = try crossing()
        let diff = try DiffJSON(try await crossing.davit("diff", "--output", "json"))
        #expect(diff.version == 1 && diff.exitCode == 2)
        #expect(diff.counts["copy"] == 2)
        #expect(diff.plan.images.map(\.destination).first == "\(crossing.to.host)/lab/r001:v001")
        let pass = try ReportJSON(try await crossing.davit("reconcile", "--output", "json"))
        #expect(pass.version == 1 && pass.exitCode == 0)
        #expect(pass.counts["copied"] == 2)
        #expect(pass.pass.images.allSatisfy { $0.result == "copied" && $0.bytes > 0 && $0.tries == 1 })
        #expect(ISO8601DateFormatter().date(from: pass.pass.startedAt) != nil)
        let valid = try await crossing.davit("validate", "--output", "json")
        #expect(try JSONSerialization.jsonObject(with: Data(valid.output.utf8)) is [String: Any])
    }

    @Test("--report writes the whole report, replacing an old one and leaving no draft")
    func reports() async throws {
        let crossing = try crossing()
        try crossing.davit.write("an old report", at: "out/report.json")
        let path = crossing.davit.file("out/report.json")
        let pass = try await crossing.davit("reconcile", "--report", path)
        #expect(pass.status == 0, "\(pass.errors)")
        let report = try ReportJSON(text: crossing.davit.text("out/report.json"))
        #expect(report.counts["copied"] == 2)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: crossing.davit.file("out")) == ["report.json"]
        )
    }

    @Test("what a killed pass left of a report is taken away by the next one, and never in its way")
    func killedReport() async throws {
        let crossing = try crossing()
        let path = crossing.davit.file("out/report.json")
        try crossing.davit.write("an old report", at: "out/report.json")
        // A container's davit has the same number each time.
        try crossing.davit.write("", at: "out/report.json.part-1")
        crossing.from.setHook { _ in .hold(seconds: 60) }
        let killed = try crossing.davit.start("reconcile", "--report", path)
        let living = try crossing.davit.start("reconcile", "--report", path)
        #expect(try await offPool { eventually(within: 20) { (try? drafts(crossing).count) == 3 } })
        killed.signal(SIGKILL)
        _ = try await killed.end()
        // Past the proxy, which still holds the others.
        let next = try Davit()
        try next.write(Rule().yaml(from: crossing.source.host, to: crossing.destination.host))
        let pass = try await next("reconcile", "--report", path)
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(try ReportJSON(text: crossing.davit.text("out/report.json")).counts["copied"] == 2)
        // The living one's is still there, and what is none of davit's drafts.
        let left = try drafts(crossing)
        #expect(left.count == 2, "\(left)")
        living.signal(SIGKILL)
        _ = try await living.end()
        _ = try await next("reconcile", "--report", path)
        #expect(try drafts(crossing) == ["report.json.part-1"])
    }

    private func drafts(_ crossing: Crossing) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: crossing.davit.file("out"))
            .filter { $0.contains(".part") }
    }

    @Test("a report through a link is written to what the link leads to", arguments: [true, false])
    func linkedReport(isThere: Bool) async throws {
        let crossing = try crossing()
        try crossing.davit.write("an old report", at: isThere ? "out/real.json" : "out/other.json")
        let path = crossing.davit.file("report.json")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "out/real.json")
        let pass = try await crossing.davit("reconcile", "--report", path)
        #expect(pass.status == 0, "\(pass.errors)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "out/real.json")
        #expect(try ReportJSON(text: crossing.davit.text("out/real.json")).counts["copied"] == 2)
    }

    @Test("the last line of a diff says that a list failed", arguments: [true, false])
    func failedLists(isAlone: Bool) async throws {
        let crossing = try Crossing(Shape { $0.repositories = 2 })
        try crossing.write(
            Rule { $0.images = [Rule.all("lab/r001")] + (isAlone ? [] : [Rule.all("lab/r002")]) })
        crossing.from.setHook { $0.target.contains("r001/tags") ? .answer(403) : .pass }
        let diff = try await crossing.davit("diff")
        #expect(diff.status == 1)
        let found = isAlone ? "no image was found" : "1 to copy"
        let line = "not everything could be looked at: \(found), 1 fault\n"
        #expect(diff.output.hasSuffix(line), "\(diff.output)")
    }

    @Test("a report that can't be written is refused before anything moves")
    func refusesPlaces() async throws {
        let crossing = try crossing()
        try FileManager.default.createDirectory(
            atPath: crossing.davit.file("folder"), withIntermediateDirectories: true)
        for path in ["nowhere/report.json", "folder"] {
            let pass = try await crossing.davit("reconcile", "--report", crossing.davit.file(path))
            #expect(pass.status == 64, "\(path)")
            #expect(pass.errors.contains("can't be written"), "\(pass.errors)")
        }
        #expect(crossing.requests == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: crossing.davit.file("folder")) == [])
    }

    @Test("no draft of a report stays behind when manifests are refused")
    func leavesNoDraft() async throws {
        let crossing = try crossing()
        try crossing.davit.write("kind: Nothing\n", to: "bad.yaml")
        let pass = try await crossing.davit("reconcile", "--report", crossing.davit.file("report.json"))
        #expect(pass.status == 65)
        let left = try FileManager.default.contentsOfDirectory(atPath: crossing.davit.file("."))
        #expect(!left.contains { $0.hasPrefix("report") }, "\(left)")
    }

    @Test("a report on a full disk is told, and the pass does not count as good")
    func fullDisk() async throws {
        let crossing = try crossing()
        let path = crossing.davit.file("full")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
        let pass = try await crossing.davit("reconcile", "--report", path)
        #expect(pass.status == 1)
        #expect(pass.errors.contains("the report could not be written to \(path): No space left on device"))
        #expect(pass.output.hasPrefix("converged: 2 copied\n"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "/dev/full")
    }

    @Test(
        "a result on a full disk is told, and counts as failed",
        arguments: ["validate", "select", "diff", "reconcile"])
    func fullOutput(command: String) async throws {
        let crossing = try crossing()
        let line = "exec \"$0\" \"$@\" >/dev/full"
        let davit = crossing.davit.program([command, crossing.davit.manifests])
        var shell = davit
        shell.path = "/bin/sh"
        shell.arguments = ["-c", line, davit.path] + davit.arguments
        let outcome = try await shell.run(timeout: 100)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the result could not be written: No space left on device"))
    }

    @Test("--log-level trace tells each request and its answer, and no secret")
    func traces() async throws {
        let crossing = try crossing()
        let pass = try await crossing.davit("reconcile", "--log-level", "trace")
        #expect(
            pass.errors.contains("trace: GET \(crossing.from.url)/v2/lab/r001/tags/list?… answer=200"),
            "\(pass.errors)")
        #expect(pass.errors.contains("trace: PUT \(crossing.to.url)/v2/lab/r001/manifests/v001 answer=201"))
    }

    @Test("--quiet says nothing of what went well")
    func quiet() async throws {
        let crossing = try crossing()
        let pass = try await crossing.davit("reconcile", "--quiet")
        #expect(pass.status == 0)
        #expect(pass.output.isEmpty && pass.errors.isEmpty, "\(pass.output)\(pass.errors)")
        crossing.to.setHook { _ in .answer(403) }
        let failed = try await crossing.davit("reconcile", "-q")
        #expect(failed.status == 1)
        #expect(failed.errors.contains("denied") && failed.output.contains("failed"))
    }

    @Test("progress is one line an image")
    func progress() async throws {
        let crossing = try crossing()
        let pass = try await crossing.davit("reconcile")
        let lines = pass.errors.split(separator: "\n")
        #expect(lines.count == 2, "\(pass.errors)")
        #expect(lines.allSatisfy { $0.hasPrefix("copied \(crossing.to.host)/lab/r001:v00") })
    }

    @Test("with --log-format json each line of standard error is an object", arguments: ["info", "trace"])
    func logs(level: String) async throws {
        let crossing = try crossing()
        crossing.to.setHook { $0.kind == "PUT manifest by tag" ? .answer(403) : .pass }
        let pass = try await crossing.davit("reconcile", "--log-format", "json", "--log-level", level)
        #expect(pass.status == 1)
        let lines = pass.errors.split(separator: "\n")
        #expect(!lines.isEmpty)
        struct Line: Decodable { var time, level, message: String }
        for line in lines {
            let read: Line = try json(String(line))
            #expect(ISO8601DateFormatter().date(from: read.time) != nil)
        }
    }

    @Test("faults of manifests are JSON lines too when that is asked for")
    func logsFaults() async throws {
        let davit = try Davit()
        try davit.write("kind: Nothing\n")
        let outcome = try await davit("validate", "--log-format", "json")
        #expect(outcome.status == 65)
        for line in outcome.errors.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }

    @Test("there is no colour in a pipe")
    func plain() async throws {
        let crossing = try crossing()
        for command in ["diff", "select", "reconcile", "validate"] {
            let outcome = try await crossing.davit(command)
            #expect(!(outcome.output + outcome.errors).contains("\u{1B}"))
        }
    }

    @Test("a reader that goes away early does no harm", arguments: ["diff", "reconcile", "select"])
    func closedOutput(command: String) async throws {
        let crossing = try crossing()
        let words = "'\(Davit.path)' \(command) '\(crossing.davit.manifests)' | :; echo ${PIPESTATUS[0]}"
        let home = ["HOME": crossing.davit.file("home")]
        let outcome = try await Program("/bin/bash", ["-c", words], environment: home).run()
        let status = Int(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
        // Killed by a signal (128 and more) would mean that a pass can be ended by who reads it.
        #expect((0...3).contains(status), "\(status)")
        if command == "reconcile" { #expect(try crossing.heldTags().count == 2) }
    }
}

import Foundation
import Lab
import Testing

@Suite("Progress on a terminal", .serialized, .timeLimit(.minutes(2))) struct ProgressTests {
    private let shape = Shape {
        $0.tags = 4
        $0.layerSizes = [256 << 10, 64 << 10]
    }

    /// A crossing whose uploads take a while, so that there is something to be seen.
    private func slow() throws -> Crossing {
        let crossing = try Crossing(shape)
        try crossing.write(Rule { $0.more = ["concurrency: 2"] })
        crossing.to.setHook(Fault("PUT manifest by tag", .hold(seconds: 0.5)).callAsFunction)
        return crossing
    }

    /// All that the command writes to a terminal of so many columns.
    private func onTerminal(
        _ crossing: Crossing, _ options: String = "", columns: Int = 80, variables: [String: String] = [:],
        redirected: String = ""
    ) async throws -> String {
        var program = crossing.davit.program([])
        program.environment?.merge(["TERM": "xterm", "PATH": "/usr/bin:/bin"]) { $1 }
        program.environment?.merge(variables) { $1 }
        let command =
            "stty cols \(columns) rows 24; '\(Davit.path)' reconcile '\(crossing.davit.manifests)' \(options) \(redirected)"
        program.arguments = ["-qec", command, "/dev/null"]
        program.path = "script"
        return try await program.run(timeout: 60).output
    }

    @Test("bars live while the pass does, and leave a clean log behind", arguments: [100, 40])
    func leavesCleanLog(columns: Int) async throws {
        let crossing = try slow()
        let written = try await onTerminal(crossing, columns: columns, variables: ["NO_COLOR": "1"])
        #expect(written.contains("/4 images"), "\(written)")
        #expect(written.contains("copying "), "\(written)")
        if columns == 100 {
            #expect(written.contains("KiB of 1."), "\(written)")
            #expect(written.contains("] "))
        }
        let screen = Screen(written, width: columns)
        #expect(screen.unknown.isEmpty)
        let wide = Screen(written, width: 1000).text
        let lines = crossing.steady(wide).split(separator: "\n").map(String.init)
        try expectGolden(
            (lines.dropLast(2).sorted() + lines.suffix(2)).joined(separator: "\n") + "\n", "terminal")
        for left in ["images,", "copying", "] ", "left", "listing"] {
            #expect(!screen.text.contains(left), "\(screen.text)")
        }
    }

    @Test(
        "no bar where nobody would see it, or where it was not asked for",
        arguments: [
            ("", ["TERM": "dumb"], ""), ("--quiet", [:], ""), ("--output json", [:], ""),
            ("--log-format json", [:], ""),
            ("", [:], "2>&1 | cat"),
        ])
    func noBar(options: String, variables: [String: String], redirected: String) async throws {
        let crossing = try slow()
        let written = try await onTerminal(crossing, options, variables: variables, redirected: redirected)
        #expect(!written.contains("images,") && !written.contains("\u{1B}[J"), "\(written)")
        #expect(try crossing.heldTags().count == 4)
    }

    @Test("what failed is told once where both outputs go to one place, and on each where they part")
    func toldOnce() async throws {
        let crossing = try slow()
        crossing.to.setHook(Fault("PUT manifest by tag", of: "v003", .answer(403)).callAsFunction)
        for (redirected, count) in [("", 1), ("2>&1 | cat", 1), ("2>errors; cat errors", 2)] {
            let written = try await onTerminal(crossing, variables: ["TERM": "dumb"], redirected: redirected)
            let lines = written.split(whereSeparator: \.isNewline).filter {
                $0.contains("lab/r001:v003") && $0.contains("failed")
            }
            #expect(lines.count == count, "\(redirected): \(written)")
            #expect(written.contains("1 failed"))
        }
    }

    @Test("a pass that is stopped leaves no bar behind") func stopped() async throws {
        let crossing = try slow()
        let mark = crossing.davit.file("begun")
        let hold = Fault("PUT manifest by tag", .hold(seconds: 2))
        crossing.to.setHook { request in
            if request.route.kind == .manifestByTag, request.method == "PUT" {
                _ = FileManager.default.createFile(atPath: mark, contents: nil)
            }
            return hold(request)
        }
        let written = try await onTerminal(
            crossing,
            "& pid=$!; until [ -e '\(mark)' ]; do sleep 0.05; done; kill -TERM $pid; wait $pid; echo ended with $?"
        )
        let screen = Screen(written, width: 1000).text
        #expect(screen.contains("stopping: "), "\(screen)")
        #expect(screen.contains("interrupted: "), "\(screen)")
        #expect(screen.hasSuffix("ended with 1"), "\(screen)")
        #expect(!screen.contains("copying"), "\(screen)")
    }
}

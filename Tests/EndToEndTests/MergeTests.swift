import Foundation
import Lab
import Testing

@Suite("Reports of shards, put together", .serialized, .timeLimit(.minutes(2))) struct MergeTests {
    private let shape = Shape {
        $0.repositories = 6
        $0.tags = 2
    }

    /// Reports of four shards, and the crossing that they were made on. One image fails.
    private func reported(isWell: Bool = false) async throws -> (Crossing, [String]) {
        let crossing = try Crossing(shape)
        let half = shape.repositoryNames.prefix(3)
        try crossing.write(
            Rule {
                $0.name = "second"
                $0.images = half.map { Rule.all($0) }
            })
        try crossing.write(
            Rule {
                $0.name = "first"
                $0.images = shape.repositoryNames.dropFirst(3).map { Rule.all($0) }
            })
        if !isWell {
            crossing.to.setHook(Fault("PUT manifest by tag", of: "v002", .answer(403)).callAsFunction)
        }
        var paths: [String] = []
        for index in 0..<4 {
            paths.append(crossing.davit.file("\(index).json"))
            _ = try await crossing.davit("reconcile", "--shard", "\(index)/4", "--report", paths[index])
        }
        return (crossing, paths)
    }

    private func merge(_ crossing: Crossing, _ arguments: [String]) async throws -> Outcome {
        try await crossing.davit.run(["report", "merge"] + arguments)
    }

    @Test("are one report: the images and the order of one pass, the sums of all, one exit code")
    func whole() async throws {
        let (crossing, paths) = try await reported(isWell: true)
        let merged = try await merge(crossing, paths.reversed() + ["--output", "json"])
        #expect(merged.status == 0 && merged.errors.isEmpty, "\(merged.errors)")
        let joint = try ReportJSON(merged)
        let one = try ReportJSON(try await crossing.davit("reconcile", "--output", "json"))
        #expect(joint.pass.images.map(\.destination) == one.pass.images.map(\.destination))
        #expect(joint.counts["copied"] == 12 && joint.exitCode == 0)
        let parts = try paths.map { try ReportJSON(text: String(contentsOfFile: $0, encoding: .utf8)) }
        #expect(joint.bytes == parts.reduce(0) { $0 + $1.bytes })
        #expect(
            joint.pass.requests[crossing.to.host]
                == parts.reduce(0) { $0 + ($1.pass.requests[crossing.to.host] ?? 0) })
        #expect(joint.pass.startedAt == parts.map(\.pass.startedAt).min())
        #expect(joint.pass.seconds >= parts.map(\.pass.seconds).max() ?? 0)
        let again = try await merge(crossing, [try crossing.davit.write(merged.output, at: "joint.json")])
        #expect(again.status == 1 && again.errors.contains("it was put together of several already"))
    }

    @Test("word for word, with what failed; a missing and a damaged one are faults, and end with 1")
    func text() async throws {
        let (crossing, paths) = try await reported()
        let all = try await merge(crossing, paths)
        #expect(all.status == 1)
        try expectGolden(crossing.steady(all.output), "merge")
        let text = try String(contentsOfFile: paths[0], encoding: .utf8)
        try text.dropLast(300).write(toFile: paths[0], atomically: true, encoding: .utf8)
        let rest = try await merge(crossing, [paths[0], paths[2], paths[3], "no.json"])
        #expect(rest.status == 1)
        let folder = String(paths[0].dropLast("/0.json".count))
        try expectGolden(
            crossing.steady(rest.output + "-- standard error\n" + rest.errors)
                .replacingOccurrences(of: folder, with: "FOLDER"), "merge-missing")
        let none = try await merge(crossing, [paths[0]])
        #expect(none.status == 1 && none.output.isEmpty && none.errors.contains("no report was put together"))
    }

    @Test("what does not go together is refused with 65, and nothing is written")
    func contradictions() async throws {
        let (crossing, paths) = try await reported(isWell: true)
        let texts = try paths.map { try String(contentsOfFile: $0, encoding: .utf8) }
        func refusal(
            _ change: (String) -> String, _ words: String, at place: SourceLocation = #_sourceLocation
        )
            async throws
        {
            let other = try crossing.davit.write(change(texts[1]), at: "other.json")
            let merged = try await merge(crossing, [paths[0], crossing.davit.file("other.json")])
            #expect(other.isEmpty == false)
            #expect(merged.status == 65 && merged.output.isEmpty, "\(merged.output)", sourceLocation: place)
            #expect(merged.errors.contains(words), "\(merged.errors)", sourceLocation: place)
        }
        try await refusal({ _ in texts[0] }, "it is of shard 0/4, and")
        try await refusal(
            { $0.replacingOccurrences(of: #""of" : 4"#, with: #""of" : 5"#) }, "it is of 5 shards by")
        try await refusal(
            { $0.replacingOccurrences(of: #""by" : "repository""#, with: #""by" : "prefix:1""#) },
            "it is of 4 shards by prefix:1")
        try await refusal(
            {
                $0.replacingOccurrences(of: #""fingerprint" : "sha256:"#, with: #""fingerprint" : "sha256:0"#)
                    .replacingOccurrences(
                        of: #"(sha256:[0-9a-f]{64})[0-9a-f]"#, with: "$1", options: .regularExpression)
            }, "its rules are not those of")
        try await refusal(
            { $0.replacingOccurrences(of: #""version" : 1"#, with: #""version" : 2"#) },
            "the report is of version 2")
        let whole = crossing.davit.file("whole.json")
        _ = try await crossing.davit("reconcile", "--report", whole)
        #expect(try await merge(crossing, [whole]).status == 0)
        #expect(try await merge(crossing, [whole, paths[0]]).status == 65)
    }

    @Test("sums that do not fit, and what is no report, are told")
    func damaged() async throws {
        let (crossing, paths) = try await reported(isWell: true)
        let text = try String(contentsOfFile: paths[1], encoding: .utf8)
        let diff = try await crossing.davit("diff", "--output", "json").output
        for (text, words) in [
            (
                text.replacingOccurrences(of: #""copied" : "#, with: #""copied" : 9"#),
                "its sums do not fit its images"
            ),
            (
                text.replacingOccurrences(of: #""result" : "copied""#, with: #""result" : "sunk""#),
                "something in it is no report's"
            ),
            (diff, "it is no whole report of reconcile"), ("", "it is no whole report of reconcile"),
            ("[[[[", "it is no whole report of reconcile"),
        ] {
            try crossing.davit.write(text, at: "other.json")
            let merged = try await merge(
                crossing, [paths[0], crossing.davit.file("other.json"), paths[2], paths[3]])
            #expect(merged.status == 1, "\(words)")
            #expect(
                merged.errors.contains(words)
                    && merged.errors.contains("shard 1/4: there is no report of it"), "\(merged.errors)")
        }
        // A pipe that nobody writes to is not waited for.
        #expect(mkfifo(crossing.davit.file("pipe"), 0o600) == 0)
        let merged = try await merge(crossing, paths + [crossing.davit.file("pipe")])
        #expect(merged.status == 1 && merged.errors.contains("it is no plain file"), "\(merged.errors)")
    }

    @Test("a collision in one is one of all, and a file that is too large is not read")
    func bounds() async throws {
        let (crossing, paths) = try await reported(isWell: true)
        let large = crossing.davit.file("large.json")
        #expect(FileManager.default.createFile(atPath: large, contents: nil))
        #expect(truncate(large, 300 << 20) == 0)
        let refused = try await merge(crossing, paths + [large])
        #expect(refused.status == 65 && refused.errors.contains("it has more than the"), "\(refused.errors)")
        #expect(refused.peakMemory < 400 << 20, "\(refused.peakMemory >> 20) MiB")
        try crossing.write(
            Rule {
                $0.name = "third"
                $0.images = [Rule.all("lab/r001")]
                $0.destination = #"repository: "lab/r002""#
            })
        for index in 0..<4 {
            #expect(
                try await crossing.davit("reconcile", "--shard", "\(index)/4", "--report", paths[index])
                    .status == 65)
        }
        let merged = try await merge(crossing, paths + ["--output", "json"])
        #expect(merged.status == 65)
        #expect(try ReportJSON(merged).pass.collisions.count == 2)
    }
}

import Foundation
import Lab
import Testing

@Suite("The template for AWS", .enabled(if: Judge.isInstalled))
struct TemplateTests {
    @Test("cfn-lint has nothing against it in three partitions")
    func clean() async throws {
        let outcome = try await Judge.lint(Judge.template)
        #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.output)\(outcome.errors)")
    }

    @Test("cfn-lint sees faults, inside the state machine as well")
    func faulty() async throws {
        var text = try Judge.text("manifests/deploy/aws/davit.yaml")
        let faults = [
            ("KmsMasterKeyId:", "KmsMasterKey:", "E3002"), ("Type: Choice\n", "Type: Choise\n", "E3601"),
            ("- ecr:PutImage\n", "- ecr:PutImages\n", "W3037"),
            ("  Topic: !Ref Topic\n      Def", "  Topics: !Ref Topic\n      Def", "E1029"),
        ]
        for (good, bad, _) in faults {
            try #require(text.contains(good), "\(good)")
            text = text.replacingOccurrences(of: good, with: bad)
        }
        let folder = try TemporaryFolder("deploy")
        let outcome = try await Judge.lint(try folder.write(text, to: "faulty.yaml"))
        #expect(outcome.status != 0)
        for (_, bad, code) in faults {
            #expect(outcome.output.contains("\(code) "), "\(bad): \(outcome.output)")
        }
    }

    private struct Task: Decodable {
        var command: [String]
        var environment: [String: String]
    }

    @Test("its task has what the manifests beside it ask for, and does no harm by itself")
    func task() async throws {
        let task: Task = try await Judge.ask("task.py")
        let rules = Judge.path("manifests/deploy/aws/manifests")
        let valid = try await Judge.davit(["validate", rules], environment: task.environment)
        #expect(valid.status == 0, "\(valid.errors)")
        let bare = try await Judge.davit(["validate", rules])
        #expect(bare.status == 65 && bare.errors.contains("DAVIT_VAR_TOPIC"))
        let own = task.command.map { $0 == "/manifests" ? Judge.path("manifests/demo") : $0 }
        let diff = try await Judge.davit(own, environment: task.environment)
        #expect([0, 2].contains(diff.status) && own.first == "diff", "\(diff.errors)")
    }

    @Test("each parameter stands in the README with its default, and no other")
    func parameters() async throws {
        let parameters: [String: String?] = try await Judge.ask("parameters.py")
        let rows = try rows(after: "## Parameters")
        #expect(Set(rows.map(\.[0])) == Set(parameters.keys) && rows.count == parameters.count)
        for row in rows {
            let known = parameters[row[0]] ?? nil
            #expect(row[1] == known.map { $0.isEmpty ? "empty" : $0 } ?? "must be given", "\(row[0])")
        }
    }

    @Test("the README says of each of the Hub's parameters what became of it")
    func moved() async throws {
        let parameters: [String: String?] = try await Judge.ask("parameters.py")
        let rows = try rows(after: "## From the Hub's parameters")
        let theirs = """
            sourceType srcRegion srcAccountId srcList srcImageList srcCredential includeUntagged destRegion \
            destAccountId destPrefix destCredential ecsClusterName ecsVpcId ecsSubnetA ecsSubnetB alarmEmail
            """
        #expect(Set(rows.map(\.[0])) == Set(theirs.split(separator: " ").map(String.init)))
        for row in rows {
            #expect(["stays", "gone"].contains(row[1]))
            #expect((row[1] == "stays") == parameters.keys.contains(row[0]), "\(row[0])")
        }
    }

    /// The rows of the first table after a heading, their marks taken off.
    private func rows(after heading: String) throws -> [[String]] {
        let lines = try Judge.text("manifests/deploy/aws/README.md").components(separatedBy: "\n")
        let start = try #require(lines.firstIndex(of: heading))
        let table = lines[start...].drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
        return table.dropFirst(2).map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
        }
    }
}

import Foundation
import Lab
import Testing

@Suite("Use and misuse", .serialized, .timeLimit(.minutes(2))) struct UsageTests {
    @Test(
        "wrong use ends with 64",
        arguments: [
            [], ["reconcile"], ["sail"], ["diff", "rules.yaml", "--cost", "little"],
            ["reconcile", "rules.yaml", "--cost", "exact"],
            ["reconcile", "rules.yaml", "--dry-run", "--report", "r.json"],
            ["validate", "rules.yaml", "--loud"],
            ["diff", "rules.yaml", "--output", "xml"],
        ])
    func misuse(arguments: [String]) async throws {
        let davit = try Davit()
        try davit.write("x", at: "rules.yaml")
        let outcome = try await davit.run(arguments)
        // Without any word davit shows its help, which is no error.
        #expect(outcome.status == (arguments.isEmpty ? 0 : 64), "\(outcome.output)\(outcome.errors)")
    }

    @Test("help and version go to standard output", arguments: ["--help", "--version"])
    func help(flag: String) async throws {
        let outcome = try await Davit().run([flag])
        #expect(outcome.status == 0)
        #expect(!outcome.output.isEmpty && outcome.errors.isEmpty)
    }

    @Test(
        "invalid manifests are refused with all their faults",
        arguments: ["validate", "diff", "select", "reconcile"])
    func invalid(command: String) async throws {
        let davit = try Davit()
        try davit.write(
            """
            apiVersion: davit/v1
            kind: Replication
            metadata: { name: harbour }
            spec:
              source: { registry: nowhere }
              destination: { registry: "127.0.0.1:1" }
              imagez: []
              images:
                - repository: lab/r001
                  tags: { semver: "much" }
            """)
        try davit.write(
            "apiVersion: davit/v1\nkind: Credential\nmetadata: { name: none }\nspec: {}\n", to: "second.yaml")
        let outcome = try await davit(command)
        #expect(outcome.status == 65)
        #expect(outcome.output.isEmpty)
        for place in ["rules.yaml:5:", "rules.yaml:7:", "rules.yaml:10:", "second.yaml:4:"] {
            #expect(outcome.errors.contains(place), "\(place): \(outcome.errors)")
        }
    }

    @Test("a manifest may come from standard input; a missing file is told", arguments: [true, false])
    func places(input: Bool) async throws {
        let davit = try Davit()
        let text = Rule().yaml(from: "127.0.0.1:1", to: "127.0.0.1:2")
        let outcome =
            input
            ? try await davit.run(["validate", "-"], input: text)
            : try await davit.run(["validate", "no.yaml"])
        #expect(outcome.status == (input ? 0 : 65), "\(outcome.errors)")
        #expect(input || outcome.errors.contains("no.yaml"))
    }

    @Test("a manifest from standard input reads no file but those of the secrets directory")
    func inputReadsNoFile() async throws {
        let davit = try Davit()
        try davit.write("captain:fair-winds", at: "key")
        let path = davit.file("key")
        let text = { (path: String) in
            Rule().yaml(from: "left", to: "127.0.0.1:2")
                + Rule.registry(
                    "left", "127.0.0.1:1", credential: "file: { path: \(path), format: userPassword }")
        }
        for named in ["key", "./key", path] {
            let outcome = try await davit.run(["validate", "-"], input: text(named))
            #expect(outcome.status == 65)
            #expect(outcome.errors.contains("a manifest from standard input can't read"), "\(outcome.errors)")
        }
        let folder = String(path.dropLast("/key".count))
        let opened = try await davit.run(["validate", "-", "--secrets-dir", folder], input: text(path))
        #expect(opened.status == 0, "\(opened.errors)")
    }

    @Test("the schema is JSON")
    func schema() async throws {
        let outcome = try await Davit().run(["schema"])
        #expect(outcome.status == 0)
        #expect(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) is [String: Any])
    }

    @Test("no manifest writes a secret of the environment anywhere")
    func variables() async throws {
        let davit = try Davit(["SECRET": "treasure", "DAVIT_VAR_HOST": "127.0.0.1:1"])
        let rule = { (host: String) in Rule().yaml(from: host, to: "127.0.0.1:2") }
        try davit.write(rule("${DAVIT_VAR_HOST}"))
        #expect(try await davit("validate").status == 0)
        try davit.write(rule("${SECRET}"))
        let refused = try await davit("validate")
        #expect(refused.status == 65)
        #expect(!(refused.errors + refused.output).contains("treasure"))
        let allowed = try await davit("validate", "--allow-env", "SECRET")
        #expect(!(allowed.errors + allowed.output).contains("error: environment"))
    }
}

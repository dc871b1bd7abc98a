import Testing

@testable import Desired

/// Manifests that want to hang the reader or eat its memory: each ends soon, with a diagnostic.
@Suite("Hostile manifests") struct HostileManifestTests {
    private static let registry =
        "apiVersion: davit/v1\nkind: Registry\nmetadata: { name: r }\nspec: { host: a.b }\n"
    private static let head = """
        apiVersion: davit/v1
        kind: Replication
        metadata: { name: r }
        spec:
          source: { registry: docker.io }
          destination: { registry: localhost:5000 }

        """

    static let texts: [(name: String, text: String)] = [
        ("documents", String(repeating: "--- {}\n", count: 50_000)),
        ("objects of one name", String(repeating: "---\n" + registry, count: 5_000)),
        (
            "many names, none of them right",
            (0..<5_000).map { number in
                """
                ---
                apiVersion: davit/v1
                kind: Registry
                metadata: { name: registry-\(number) }
                spec: { host: a.b, credential: registri-\(number) }
                ---
                apiVersion: davit/v1
                kind: Credential
                metadata: { name: registry-\(number) }
                spec: { anonymous: {} }

                """
            }.joined()
        ),
        ("duplicate keys", String(repeating: "a: 1\n", count: 50_000)),
        ("unknown keys", (0..<50_000).map { "key\($0): 1\n" }.joined()),
        ("one long line", "[" + String(repeating: "{a: b}, ", count: 30_000) + "]"),
        ("a long text", registry.replacing("a.b", with: String(repeating: "a.", count: 1 << 20))),
        (
            "names that are not there",
            head + "  images:\n" + String(repeating: "    - { repository: a/b, tags: 1 }\n", count: 9_000)
        ),
        (
            "a repeated expression",
            head + """
                  images:
                    - &entry { repository: a/b, tags: { matching: "((a{1,9}){1,9}){1,9}" } }
                \(String(repeating: "    - *entry\n", count: 5_000))    - nothing
                """
        ),
        (
            "a repeated bad text",
            head + """
                  images:
                    - repository: &text "\(String(repeating: "A", count: 4_000))"
                      tags: { include: ["*"] }
                \(String(repeating: "    - { repository: *text, tags: { include: [x] } }\n", count: 5_000))
                """
        ),
    ]

    @Test("end soon", .timeLimit(.minutes(3)), arguments: texts.map(\.name))
    func ends(name: String) throws {
        let text = try #require(Self.texts.first { $0.name == name }).text
        let result = DesiredState.load(text: text, named: "t")
        #expect(result.state == nil)
        #expect((1...1_001).contains(result.diagnostics.count))
        #expect(result.diagnostics.allSatisfy { $0.rendered(color: false).utf8.count < 3_000 })
    }
}

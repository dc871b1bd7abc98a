import Desired
import OCI
import Testing

@Suite("Fingerprint of the rules") struct FingerprintTests {
    private static let text = """
        apiVersion: davit/v1
        kind: Registry
        metadata: { name: to }
        spec: { host: registry.example.com, credential: key }
        ---
        apiVersion: davit/v1
        kind: Credential
        metadata: { name: key }
        spec: { env: { token: DAVIT_A } }
        ---
        apiVersion: davit/v1
        kind: Replication
        metadata: { name: rule }
        spec:
          source: { registry: docker.io }
          destination: { registry: to, repository: "mirror/{name}" }
          acknowledge: ["mirror/alpine:1", "mirror/alpine:2", "mirror/alpine:3"]
          images:
            - repository: library/alpine
              tags: { include: ["3.*"], exclude: ["*-rc*"], semver: ">=3.18", newest: 5 }
            - repository: team/app
              pins: { v1: "sha256:\(String(repeating: "a", count: 64))", v2: "sha256:\(String(repeating: "b", count: 64))" }
        """

    private func fingerprint(_ text: String) throws -> Digest {
        let result = DesiredState.load(text: text, named: "test.yaml")
        return try #require(result.state, "\(result.diagnostics)").fingerprint
    }

    @Test("is the same for the same, whatever the order of sets and the look of the text")
    func steady() throws {
        let first = try fingerprint(Self.text)
        for _ in 0..<20 { #expect(try fingerprint(Self.text) == first) }
        let other = Self.text.replacing("spec:\n  source", with: "spec:   # what we want\n  source")
            .replacing(
                #"["mirror/alpine:1", "mirror/alpine:2""#, with: #"["mirror/alpine:2", "mirror/alpine:1""#)
        #expect(other != Self.text)
        #expect(try fingerprint(other) == first)
    }

    @Test(
        "does not change with what opens a registry",
        arguments: [("DAVIT_A", "DAVIT_B"), (", credential: key", "")])
    func credentials(old: String, new: String) throws {
        #expect(try fingerprint(Self.text.replacing(old, with: new)) == fingerprint(Self.text))
    }

    @Test(
        "changes with every key that decides which image goes where",
        arguments: [
            ("registry.example.com", "registry.example.org"), ("docker.io", "quay.io"),
            ("mirror/{name}", "m/{name}"),
            ("name: rule", "name: other"), ("\"3.*\"", "\"3.1*\""), ("*-rc*", "*-rc"), (">=3.18", ">=3.19"),
            ("newest: 5", "newest: 4"), ("alpine:3", "alpine:4"), ("library/alpine", "library/busybox"),
            (", v2:", ", v3:"),
            ("aaaa\",", "aaab\","), ("  images:", "  overwrite: never\n  images:"),
            ("  images:", "  requireMatch: true\n  images:"), ("  images:", "  suspend: true\n  images:"),
            ("host: registry.example.com", "host: registry.example.com, tls: { insecureSkipVerify: true }"),
        ])
    func changes(old: String, new: String) throws {
        let changed = Self.text.replacing(old, with: new)
        #expect(changed != Self.text)
        #expect(try fingerprint(changed) != fingerprint(Self.text))
    }
}

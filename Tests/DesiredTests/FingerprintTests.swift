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

    private static let amazon = """
        apiVersion: davit/v1
        kind: Registry
        metadata: { name: to }
        spec:
          ecr: { account: "123456789012", region: eu-west-1, fips: false, dualStack: false, crossAccount: false }
          endpoints: { api: "http://127.0.0.1:1" }
          createRepositories: { scanOnPush: true, tags: { a: b, c: d } }
        ---
        apiVersion: davit/v1
        kind: Credential
        metadata: { name: key }
        spec: { awsProfile: { name: prod } }
        ---
        apiVersion: davit/v1
        kind: Notification
        metadata: { name: notice }
        spec: { when: [failed], sns: { topicArn: "arn:aws:sns:eu-west-1:123456789012:davit" } }
        ---
        apiVersion: davit/v1
        kind: Replication
        metadata: { name: rule }
        spec:
          source: { registry: docker.io }
          destination: { registry: to, createRepositories: { immutableTags: { except: [dev-a, b] } } }
          imageList: { ssmParameter: { name: list, region: eu-west-1, via: key } }
          statusTable: { name: table, region: eu-west-1, via: key }
        """

    @Test(
        "does not change with where AWS is reached, and what is told of a pass",
        arguments: [
            ("fips: false", "fips: true"), ("dualStack: false", "dualStack: true"),
            ("crossAccount: false", "crossAccount: true"),
            ("127.0.0.1:1", "127.0.0.1:2"),
            ("name: prod", "name: test"), ("when: [failed]", "when: [completed]"), (", via: key", ""),
            ("name: table", "name: other"), ("a: b, c: d", "c: d, a: b"),
        ])
    func reached(old: String, new: String) throws {
        let changed = Self.amazon.replacing(old, with: new)
        #expect(changed != Self.amazon)
        #expect(try fingerprint(changed) == fingerprint(Self.amazon))
    }

    @Test(
        "changes with the place at AWS, the list, and what repositories are made like",
        arguments: [
            ("123456789012", "123456789013"),
            ("account: \"123456789012\", region: eu-west-1", "region: eu-west-1"),
            ("\"123456789012\", region: eu-west-1", "\"123456789012\", region: eu-west-2"),
            ("name: list", "name: lists"), ("name: list, region: eu-west-1", "name: list"),
            ("scanOnPush: true", "scanOnPush: false"), ("a: b, c: d", "a: d, c: b"), ("dev-a", "dev-b"),
            ("scanOnPush: true", "scanOnPush: true, enforce: true"),
            ("immutableTags: { except: [dev-a, b] }", "immutableTags: true"),
            ("createRepositories: { immutableTags: { except: [dev-a, b] } }", "createRepositories: false"),
        ])
    func changesAtAmazon(old: String, new: String) throws {
        let changed = Self.amazon.replacing(old, with: new)
        #expect(changed != Self.amazon)
        #expect(try fingerprint(changed) != fingerprint(Self.amazon))
    }

    @Test("is the same before and after the host of a registry of ECR is known")
    func host() throws {
        var state = try #require(DesiredState.load(text: Self.amazon, named: "t").state)
        let before = state.fingerprint
        state.registries["to"]?.host = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
        #expect(state.fingerprint == before)
    }

    @Test("covers the entries of a list, wherever the list stands")
    func list() throws {
        let folder = try TemporaryFolder()
        let rule = Self.amazon.replacing(
            "ssmParameter: { name: list, region: eu-west-1, via: key }", with: "file: a.txt")
        try folder.write(rule, to: "rule.yaml")
        try folder.write("app:1", to: "a.txt")
        func print() throws -> Digest {
            try #require(DesiredState.load(paths: [folder.path + "/rule.yaml"]).state).fingerprint
        }
        let first = try print()
        try folder.write("app:2", to: "a.txt")
        #expect(try print() != first)
        try folder.write(" app:1\n", to: "b.txt")
        try folder.write(rule.replacing("a.txt", with: "b.txt"), to: "rule.yaml")
        #expect(try print() == first)
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

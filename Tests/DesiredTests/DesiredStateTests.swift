import OCI
import Testing

@testable import Desired

@Suite("DesiredState") struct DesiredStateTests {
    private func state(_ name: String) throws -> DesiredState {
        try #require(Fixtures.report("good/" + name).result.state)
    }

    @Test("every key arrives where it belongs")
    func everyKey() throws {
        let state = try state("every-key.yaml")
        let rule = try #require(state.rules.first)
        #expect(rule.source == "hub" && rule.destination.registry == "mirror")
        #expect(rule.destination.repository.text == "mirror/{registry}/{namespace}/{name}")
        #expect(rule.overwrite == .always && rule.concurrency == 10 && rule.retries == 0 && !rule.suspend)
        #expect(rule.acknowledge == ["mirror/app:v1"] && rule.requireMatch)
        #expect(rule.images.count == 6)
        let entry = rule.images[0]
        #expect(entry.repositories == .named(try RepositoryName("library/alpine")))
        #expect(entry.overwrite == .never && entry.pins.isEmpty)
        #expect(entry.destination?.registry == "mirror")
        #expect(
            entry.destination?.repository.text == "base/{name}" && entry.destination?.tag.text == "v{tag}")
        let tags = try #require(entry.tags)
        #expect(tags.include.map(\.description) == ["3.*"] && tags.exclude.map(\.description) == ["*-rc*"])
        #expect(tags.matching?.text == #"^(?<version>\d+\.\d+)$"# && tags.semver?.text == ">=3.18")
        #expect(tags.prereleases && tags.sortBy == .semver && tags.newest == 5)
        let own = try #require(entry.platforms)
        #expect(own.selectors.map(\.description) == ["linux/arm64"] && own.flattens)
        #expect(rule.images[1].platforms == nil)
        let common = try #require(rule.images[2].platforms)
        #expect(
            common.selectors.map(\.description) == [
                "linux/amd64", "linux/arm/v7", "windows(10.0.17763)/amd64",
            ])
        #expect(!common.flattens)
        #expect(rule.images[1].tags == nil && rule.images[1].pins.keys.map(\.description) == ["v1.2.3"])
        #expect(rule.images[2].destination == nil)
    }

    @Test("credentials and registries arrive too")
    func registries() throws {
        let state = try state("every-key.yaml")
        let hub = try #require(state.registries["hub"])
        #expect(hub.host == "docker.io" && hub.limits.concurrency == 1_000)
        #expect(hub.limits.requestsPerSecond == 50 && hub.limits.bandwidth == 100 << 20)
        #expect(hub.limits.reserve == .percent(25))
        #expect(hub.credentials == [CredentialUse(credential: "docker")])
        let mirror = try #require(state.registries["mirror"])
        #expect(mirror.host == "[::1]:5000" && mirror.limits.concurrency == 32)
        #expect(mirror.credentials.map(\.credential) == ["token", "password"])
        #expect(mirror.credentials[0].paths.map(\.description) == ["team/**"])
        #expect(mirror.tls.caFile?.hasSuffix("/good/files/ca.pem") == true)
        #expect(mirror.tls.plainHTTP == false && !mirror.tls.insecureSkipVerify)
        #expect(state.credentials["docker"]?.hosts == ["docker.io", "*.example.com:8443"])
        #expect(state.credentials["helper"]?.source == .helper(name: "ecr-login"))
        #expect(
            state.credentials["password"]?.source
                == .environment(username: "DAVIT_USER", password: "DAVIT_PASSWORD"))
        #expect(state.credentials["token"]?.source == .environmentToken("DAVIT_TOKEN"))
        #expect(state.credentials["nobody"]?.source == .anonymous)
        #expect(state.credentials["docker"]?.source == .dockerConfig(path: nil))
        guard case .file(_, .token) = state.credentials["file"]?.source else {
            Issue.record("the file is no file")
            return
        }
    }

    @Test("limits are read in each of their forms")
    func limits() throws {
        let state = try state("limits.yaml")
        let (hub, mirror) = (state.registries["hub"]?.limits, state.registries["mirror"]?.limits)
        #expect(hub?.reserve == .pulls(20) && hub?.bandwidth == 16_384 && hub?.requestsPerSecond == nil)
        #expect(mirror?.reserve == .percent(0) && mirror?.bandwidth == 12_000_000)
        #expect(mirror?.requestsPerSecond == 1)
        #expect(RegistryLimits().reserve == .percent(10) && RegistryLimits().bandwidth == nil)
    }

    @Test("what is left out has the manual's default")
    func defaults() throws {
        let state = try state("minimal.yaml")
        let rule = try #require(state.rules.first)
        let images = rule.images
        #expect(
            rule
                == Replication(
                    name: "x", source: "docker.io", destination: Destination(registry: "localhost:5000"),
                    images: images))
        #expect(state.registries["docker.io"] == RegistryDeclaration(name: "docker.io", host: "docker.io"))
        #expect(state.registries["localhost:5000"]?.tls == TLSDeclaration())
    }

    @Test("a Registry that is named like a host stands for it")
    func hostAsName() throws {
        #expect(try state("host-as-name.yaml").registries["docker.io"]?.credentials.count == 1)
    }

    @Test("merge keys and anchors give whole entries")
    func anchors() throws {
        let images = try #require(try state("anchors-and-merge.yaml").rules.first?.images)
        #expect(images[0].tags == images[1].tags)
        #expect(images[1].repositories == .named(try RepositoryName("library/debian")))
        #expect(images[2].tags?.include.map(\.description) == ["3.*"])
        #expect(images[2].tags?.newest == 3 && images[2].tags?.sortBy == .semver)
    }

    @Test("a variable fills values, once, and is never read as YAML")
    func variables() throws {
        let rule = try #require(try state("variables.yaml").rules.first)
        #expect(rule.images[0].repositories == .named(try RepositoryName("web/app")))
        var options = Fixtures.options
        options.environment["DAVIT_VAR_X"] = "a, b]\nspec: ${HOME}"
        let text = """
            apiVersion: davit/v1
            kind: Replication
            metadata: { name: r }
            spec:
              source: { registry: docker.io }
              destination: { registry: localhost:5000 }
              images: [{ repository: a/b, tags: { include: ["${DAVIT_VAR_X}", "$${HOME}", "a$b"] } }]
            """
        let loaded = DesiredState.load(text: text, named: "t", options: options).state
        let include = loaded?.rules.first?.images.first?.tags?.include.map(\.description)
        #expect(include == ["a, b]\nspec: ${HOME}", "${HOME}", "a$b"])
    }

    @Test("keys take no variables")
    func keys() {
        let text =
            "apiVersion: davit/v1\nkind: Credential\nmetadata: { name: a }\n"
            + "spec: { \"${DAVIT_VAR_TEAM}\": {} }\n"
        #expect(Fixtures.messages(text).contains("4:9: unknown key '${DAVIT_VAR_TEAM}' in 'spec'"))
    }

    @Test("--allow-env lets more variables into texts, and none into credentials")
    func allowed() {
        var options = Fixtures.options
        options.environment["GITHUB_TOKEN"] = "treasure"
        options.allowedVariables = ["HOME", "GITHUB_TOKEN"]
        let head = "apiVersion: davit/v1\nkind: Credential\nmetadata: { name: a }\n"
        let filled = head + #"spec: { helper: "x", hosts: ["${GITHUB_TOKEN}.example.com"] }"#
        #expect(DesiredState.load(text: filled, named: "t", options: options).state != nil)
        #expect(DesiredState.load(text: filled, named: "t", options: Fixtures.options).state == nil)
        let named = head + #"spec: { env: { token: GITHUB_TOKEN }, hosts: ["a.example.com"] }"#
        #expect(
            Fixtures.messages(named, options: options)
                == ["4:23: the variable 'GITHUB_TOKEN' can't be a credential"])
    }

    @Test("any bytes end in a diagnostic that can be shown")
    func noise() {
        for text in [
            "\u{1B}[31m: x", "a: \u{7}", "%YAML 9.9\n---\n", "? [", String(repeating: "[", count: 9_999),
        ] {
            let result = DesiredState.load(text: text, named: "\u{1B}[2J")
            #expect(result.state == nil && !result.diagnostics.isEmpty)
            #expect(result.diagnostics.allSatisfy { !$0.rendered(color: false).contains("\u{1B}") })
        }
    }

    @Test("a flood of faults is cut, and one long line is not shown a thousand times")
    func flood() {
        let keys = (0..<3_000).map { "k\($0): 1" }.joined(separator: ", ")
        let text = "apiVersion: davit/v1\nkind: Credential\nmetadata: { name: a }\nspec: { \(keys) }\n"
        let diagnostics = DesiredState.load(text: text, named: "t").diagnostics
        #expect(diagnostics.count == 1_001)
        #expect(diagnostics.last?.message == "there are more faults; these are the first 1000")
        #expect(diagnostics.allSatisfy { ($0.sourceLine?.count ?? 0) < 5_000 })
    }
}

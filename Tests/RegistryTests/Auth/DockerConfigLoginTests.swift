import Logging
import OCI
import Registry
import Testing

@Suite("DockerConfigLogin") struct DockerConfigLoginTests {
    /// `dTpw` is `u:p`; the third one's password ends in zero bytes, as old clients write it.
    private static let fixture = #"""
        {"auths": {
            "plain.example.com": {"auth": "dTpw"},
            "https://schemed.example.com": {"username": "u", "password": "p"},
            "old.example.com/v2/": {"auth": "dTpwAAA="},
            "https://index.docker.io/v1/": {"auth": "dTpw"},
            "id.example.com": {"auth": "dTpw", "identitytoken": "idt"},
            "reg.example.com": {"registrytoken": "tok"},
            "marked.example.com": {"username": "<token>", "password": "idt"},
            "empty.example.com": {},
            "localhost:5000": {"auth": "dTpw"},
            "pod.example.com": {"username": "host", "password": "p"},
            "pod.example.com/team": {"username": "team", "password": "p"},
            "pod.example.com/team/v2": {"username": "v2", "password": "p"},
            "pod.example.com/team/app": {"username": "app", "password": "p"}
         }, "HttpHeaders": {"User-Agent": "x"}, "currentContext": "default"}
        """#

    private static let up = Login.basic(username: "u", password: Secret("p"))
    private static let table: [(String, String?, Login)] = [
        ("plain.example.com", nil, up),
        ("schemed.example.com", "a", up),
        ("old.example.com", nil, up),
        ("docker.io", "library/alpine", up),
        ("registry-1.docker.io", nil, up),
        ("id.example.com", nil, .identityToken(Secret("idt"))),
        ("reg.example.com", nil, .bearer(Secret("tok"))),
        ("marked.example.com", nil, .identityToken(Secret("idt"))),
        ("empty.example.com", nil, .anonymous),
        ("localhost:5000", nil, up),
        ("localhost", nil, .anonymous),
        ("other.example.com", nil, .anonymous),
        ("pod.example.com", nil, .basic(username: "host", password: Secret("p"))),
        ("pod.example.com", "other/app", .basic(username: "host", password: Secret("p"))),
        ("pod.example.com", "team/other", .basic(username: "team", password: Secret("p"))),
        ("pod.example.com", "team/app", .basic(username: "app", password: Secret("p"))),
        ("pod.example.com", "team/app/sub", .basic(username: "app", password: Secret("p"))),
        ("pod.example.com", "team/v2", .basic(username: "v2", password: Secret("p"))),
        ("pod.example.com", "team/apps", .basic(username: "team", password: Secret("p"))),
    ]

    @Test("finds the login of a host and a path", arguments: table)
    func finds(host: String, repository: String?, login: Login) async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("config.json", Self.fixture)
        let source = DockerConfigLogin(path: path, in: LoginEnvironment())
        let name = try repository.map { try RepositoryName($0) }
        #expect(try await source.login(for: host, repository: name) == login)
    }

    private func entry(_ user: String, at host: String = "h.example.com") -> String {
        #"{"auths": {"\#(host)": {"username": "\#(user)", "password": "p"}}}"#
    }

    @Test("looks in the usual places, in order, and passes over those that are not there")
    func places() async throws {
        let folder = try TemporaryFolder()
        let home = folder.path + "/home"
        var environment = LoginEnvironment(
            variables: [
                "DOCKER_CONFIG": folder.path + "/docker", "REGISTRY_AUTH_FILE": folder.path + "/auth.json",
                "XDG_RUNTIME_DIR": folder.path + "/run",
            ], home: home)
        func user() async throws -> Login {
            try await DockerConfigLogin(in: environment).login(for: "h.example.com", repository: nil)
        }
        #expect(try await user() == .anonymous)
        try folder.write("home/.docker/config.json", entry("docker-home"))
        #expect(try await user() == .anonymous)
        for (file, name) in [
            ("home/.config/containers/auth.json", "podman-home"), ("run/containers/auth.json", "podman-run"),
            ("auth.json", "podman-file"), ("docker/config.json", "docker-folder"),
        ] {
            try folder.write(file, entry(name))
            #expect(try await user() == .basic(username: name, password: Secret("p")))
        }
        environment.variables["DOCKER_CONFIG"] = nil
        #expect(try await user() == .basic(username: "docker-home", password: Secret("p")))
        try folder.write("home/.docker/config.json", entry("docker-home", at: "other.example.com"))
        #expect(try await user() == .basic(username: "podman-file", password: Secret("p")))
    }

    @Test("reads a file anew when it changed")
    func changes() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("config.json", entry("one"))
        let source = DockerConfigLogin(path: path, in: LoginEnvironment())
        #expect(
            try await source.login(for: "h.example.com", repository: nil)
                == .basic(username: "one", password: Secret("p")))
        try folder.write("config.json", entry("another"))
        #expect(
            try await source.login(for: "h.example.com", repository: nil)
                == .basic(username: "another", password: Secret("p")))
    }

    @Test(
        "names the file that is broken",
        arguments: [
            "{", "[]", #"{"auths": []}"#, #"{"auths": {"h": {"auth": "hunter2!"}}}"#,
            #"{"auths": {"h": {"auth": "aHVudGVyMg=="}}}"#,
        ])
    func broken(text: String) async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("config.json", text)
        let source = DockerConfigLogin(path: path, in: LoginEnvironment())
        let error = await #expect(throws: LoginError.self) {
            try await source.login(for: "h", repository: nil)
        }
        #expect(error?.kind == .malformed)
        #expect(error?.description.contains(path) == true)
        #expect(error?.description.contains("hunter2") == false)
        let missing = DockerConfigLogin(path: folder.path + "/none", in: LoginEnvironment())
        let other = await #expect(throws: LoginError.self) {
            try await missing.login(for: "h", repository: nil)
        }
        #expect(other?.kind == .missing)
    }

    @Test("asks the helper of a host, or of all hosts, before what stands in the file")
    func helpers() async throws {
        let folder = try TemporaryFolder()
        for name in ["one", "all"] {
            let script = #"""
                #!/bin/sh
                read -r host
                case "$host" in
                known*) echo "{\"ServerURL\":\"$host\",\"Username\":\"NAME\",\"Secret\":\"p\"}" ;;
                *) echo "credentials not found in native keychain"; exit 1 ;;
                esac
                """#
            let text = script.split(separator: "NAME").joined(separator: name)
            try folder.write("docker-credential-\(name)", text, executable: true)
        }
        let path = try folder.write(
            "config.json",
            #"""
            {"auths": {"known.example.com": {}, "inline.example.com": {"auth": "dTpw"}},
             "credsStore": "all", "credHelpers": {"known-one.example.com": "one"}}
            """#)
        let environment = LoginEnvironment(variables: ["PATH": "\(folder.path):/usr/bin:/bin"])
        let source = DockerConfigLogin(path: path, in: environment)
        for (host, login) in [
            ("known-one.example.com", Login.basic(username: "one", password: Secret("p"))),
            ("known.example.com", .basic(username: "all", password: Secret("p"))),
            ("inline.example.com", Self.up), ("none.example.com", .anonymous),
        ] {
            #expect(try await source.login(for: host, repository: nil) == login)
        }
    }

    @Test("goes on without a helper that is not installed, and says so once")
    func missingHelper() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "config.json",
            #"{"auths": {"inline.example.com": {"auth": "dTpw"}}, "credsStore": "not-installed"}"#)
        let log = KeptLog()
        let environment = LoginEnvironment(variables: ["PATH": folder.path])
        let source = DockerConfigLogin(
            path: path, in: environment, logger: Logger(label: "test") { _ in log })
        for _ in 0..<2 {
            #expect(try await source.login(for: "inline.example.com", repository: nil) == Self.up)
            #expect(try await source.login(for: "none.example.com", repository: nil) == .anonymous)
        }
        #expect(log.warnings.count == 1)
        #expect(log.warnings.first?.contains("docker-credential-not-installed") == true)
    }
}

import OCI
import Registry
import Testing

@Suite("BoundLogin") struct BoundLoginTests {
    private static let table: [(String, String, Bool)] = [
        ("a.example.com", "a.example.com", true),
        ("a.example.com", "A.Example.COM", true),
        ("A.example.com", "a.example.com", true),
        ("a.example.com", "b.example.com", false),
        ("a.example.com", "xa.example.com", false),
        ("a.example.com", "a.example.com.evil.org", false),
        ("a.example.com", "a.example.com:8443", false),
        ("a.example.com:8443", "a.example.com:8443", true),
        ("a.example.com:8443", "a.example.com", false),
        ("a.example.com:443", "a.example.com", true),
        ("*.example.com", "a.example.com", true),
        ("*.example.com", "a.b.example.com", true),
        ("*.example.com", "example.com", false),
        ("*.example.com", ".example.com", false),
        ("*.example.com", "aexample.com", false),
        ("*.example.com:5000", "a.example.com:5000", true),
        ("*.amazonaws.com.cn", "1.dkr.ecr.cn-north-1.amazonaws.com.cn", true),
        ("docker.io", "docker.io", true),
        ("docker.io", "registry-1.docker.io", true),
        ("docker.io", "auth.docker.io", true),
        ("docker.io", "index.docker.io", true),
        ("docker.io", "evil.docker.io", false),
        ("registry-1.docker.io", "docker.io", false),
        ("*", "a.example.com", false),
        ("a.*.com", "a.example.com", false),
        ("", "a.example.com", false),
        ("[::1]:5000", "[::1]:5000", true),
        ("[::1]", "[::1]:5000", false),
    ]

    @Test("keeps to its hosts", arguments: table)
    func hosts(pattern: String, host: String, isAllowed: Bool) {
        let login = BoundLogin(AnonymousLogin(), credential: "c", hosts: [pattern])
        #expect(
            login.verdict(on: host, repository: nil) == (isAllowed ? .allowed : .forbidden(credential: "c")))
    }

    @Test("says which host, which credential and what to do")
    func message() async {
        let login = BoundLogin(
            AnonymousLogin(), credential: "china", hosts: ["*.amazonaws.com.cn", "b.example.com"])
        let error = await #expect(throws: LoginError.self) {
            try await login.login(for: "a.example.com", repository: nil)
        }
        #expect(error?.kind == .forbiddenHost)
        let text = error?.description ?? ""
        for part in [
            "a.example.com", "'china'", "*.amazonaws.com.cn, b.example.com",
            "add 'a.example.com' to its hosts",
        ] {
            #expect(text.contains(part))
        }
    }

    @Test("says nothing of hosts where none is listed, and reaches through a choice of sources")
    func scoped() async throws {
        let environment = LoginEnvironment(variables: ["U": "me", "P": "pw"])
        let mine = EnvironmentLogin(.basic(username: "U", password: "P"), in: environment)
        let free = BoundLogin(mine, credential: "free", hosts: [])
        #expect(free.verdict(on: "x.org", repository: nil) == .unsaid)
        let team = BoundLogin(mine, credential: "team", hosts: ["a.org"])
        let scoped = ScopedLogin([.init(team) { $0.description.hasPrefix("team/") }])
        let app = try RepositoryName("team/app")
        #expect(scoped.verdict(on: "a.org", repository: app) == .allowed)
        #expect(scoped.verdict(on: "b.org", repository: app) == .forbidden(credential: "team"))
        #expect(scoped.verdict(on: "b.org", repository: nil) == .unsaid)
        #expect(try await scoped.login(for: "a.org", repository: app) != .anonymous)
        #expect(try await scoped.login(for: "a.org", repository: RepositoryName("other")) == .anonymous)
        #expect(try await scoped.login(for: "a.org", repository: nil) == .anonymous)
    }

    @Test("a choice for all repositories is also for what concerns none, such as the catalog")
    func catalog() async throws {
        let environment = LoginEnvironment(variables: ["T": "team's", "A": "all's"])
        let team = BoundLogin(
            EnvironmentLogin(.token("T"), in: environment), credential: "team", hosts: ["a.org"])
        let all = BoundLogin(
            EnvironmentLogin(.token("A"), in: environment), credential: "all", hosts: ["a.org"])
        let scoped = ScopedLogin([.init(team) { $0.description.hasPrefix("team/") }, .init(all)])
        let (app, other) = (try RepositoryName("team/app"), try RepositoryName("other"))
        #expect(try await scoped.login(for: "a.org", repository: app) == .bearer(Secret("team's")))
        #expect(try await scoped.login(for: "a.org", repository: other) == .bearer(Secret("all's")))
        #expect(try await scoped.login(for: "a.org", repository: nil) == .bearer(Secret("all's")))
        #expect(scoped.verdict(on: "b.org", repository: nil) == .forbidden(credential: "all"))
    }

    @Test("an environment variable that is not set is named")
    func variables() async throws {
        let environment = LoginEnvironment(variables: ["T": "tok", "E": ""])
        let token = EnvironmentLogin(.token("T"), in: environment)
        #expect(try await token.login(for: "a", repository: nil) == .bearer(Secret("tok")))
        let empty = EnvironmentLogin(.token("E"), in: environment)
        let error = await #expect(throws: LoginError.self) {
            try await empty.login(for: "a", repository: nil)
        }
        #expect(error?.kind == .missing)
        #expect(error?.detail.contains("E is not set") == true)
    }
}

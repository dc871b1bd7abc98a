import HTTP
import Testing

@testable import Registry

@Suite("RealmJudge") struct RealmJudgeTests {
    private static let related: [(String, String, Bool)] = [
        ("quay.io", "quay.io", true),
        ("registry-1.docker.io", "auth.docker.io", true),
        ("registry.gitlab.com", "gitlab.com", true),
        ("example.com", "auth.example.com", true),
        ("registry.example.com", "deep.auth.example.com", true),
        ("registry.example.com", "example.org", false),
        ("registry.example.com", "evil-example.com", false),
        ("quay.io", "evil.io", false),
        ("foo.co.uk", "evil.co.uk", false),
        ("r.foo.co.uk", "auth.foo.co.uk", true),
        ("com", "evil.com", false),
        ("10.0.0.1", "9.0.0.1", false),
        ("10.0.0.1", "10.0.0.1", true),
        ("::1", "::2", false),
        ("registry", "auth", false),
        ("a.b.c.example.com", "example.com", false),
        ("us-docker.pkg.dev", "us-docker.pkg.dev", true),
        ("fleet.azurecr.io", "fleet.azurecr.io", true),
        ("fleet.azurecr.io", "pirate.azurecr.io", false),
        ("fleet.azurecr.io", "pirate.fleet.azurecr.io", false),
        ("1.dkr.ecr.eu-west-1.amazonaws.com", "2.dkr.ecr.eu-west-1.amazonaws.com", false),
        ("fleet.jfrog.io", "pirate.jfrog.io", false),
        ("gcr.io", "pirate.gcr.io", false),
        ("ghcr.io", "pirate.ghcr.io", false),
        ("notazurecr.io", "auth.notazurecr.io", true),
    ]

    @Test("knows who belongs together", arguments: related)
    func relation(registry: String, realm: String, isRelated: Bool) {
        #expect(RealmJudge.areRelated(registry, realm) == isRelated)
    }

    /// What stands in the table's rows.
    struct Case: Sendable, CustomTestStringConvertible {
        var registry: String
        var realm: String
        var isAnonymous = false
        var verdict: HostVerdict = .unsaid
        var isTrusted: Bool
        var testDescription: String { "\(registry) -> \(realm)" }
    }

    private static let table: [Case] = [
        Case(registry: "https://registry-1.docker.io", realm: "https://auth.docker.io", isTrusted: true),
        Case(registry: "https://registry-1.docker.io", realm: "http://auth.docker.io", isTrusted: false),
        Case(registry: "https://r.example.com", realm: "https://evil.org", isTrusted: false),
        Case(
            registry: "https://r.example.com", realm: "https://evil.org", isAnonymous: true, isTrusted: true),
        Case(
            registry: "https://r.example.com", realm: "http://evil.org", isAnonymous: true, isTrusted: false),
        Case(registry: "https://r.example.com", realm: "https://sso.org", verdict: .allowed, isTrusted: true),
        Case(registry: "https://r.example.com", realm: "http://sso.org", verdict: .allowed, isTrusted: false),
        Case(
            registry: "https://r.example.com", realm: "https://r.example.com",
            verdict: .forbidden(credential: "c"), isTrusted: false),
        Case(registry: "http://r.lan:5000", realm: "http://r.lan:5001", isTrusted: true),
        Case(registry: "http://r.lan:5000", realm: "http://evil.org", isTrusted: false),
        Case(registry: "http://127.0.0.1:5000", realm: "http://localhost:5001", isTrusted: true),
        Case(registry: "https://localhost:5000", realm: "http://127.0.0.1:5001", isTrusted: true),
        Case(registry: "https://r.example.com", realm: "http://127.0.0.1:80", isTrusted: false),
        Case(
            registry: "https://r.example.com", realm: "http://127.0.0.1:80", isAnonymous: true,
            isTrusted: false),
        Case(
            registry: "https://r.example.com", realm: "http://127.0.0.1:80", verdict: .allowed,
            isTrusted: true),
    ]

    @Test("trusts as little as it can", arguments: table)
    func judges(row: Case) throws {
        let judge = RealmJudge(registry: try Address(row.registry).origin, host: "registry")
        let login: Login = row.isAnonymous ? .anonymous : .basic(username: "u", password: Secret("p"))
        let realm = try Address(row.realm).origin
        if row.isTrusted {
            try judge.check(realm, showing: login, verdict: row.verdict)
        } else {
            let error = #expect(throws: AuthError.self) {
                try judge.check(realm, showing: login, verdict: row.verdict)
            }
            #expect(error?.kind == .untrustedRealm)
            #expect(error?.detail.contains(realm.description) == true)
            #expect(error?.detail.contains(judge.registry.description) == true)
        }
    }

    @Test("shows a client certificate to the registry's own host alone")
    func security() throws {
        let judge = RealmJudge(registry: try Address("https://r.example.com").origin, host: "r.example.com")
        let ours = Security(caFile: "ca", clientCertificate: "c", clientKey: "k", skipsVerification: true)
        #expect(judge.security(for: try Address("https://r.example.com:8443").origin, from: ours) == ours)
        let other = judge.security(for: try Address("https://auth.example.com").origin, from: ours)
        #expect(other == Security(caFile: "ca"))
    }
}

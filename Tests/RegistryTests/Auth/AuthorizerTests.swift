import HTTP
import HTTPTypes
import OCI
import Registry
import Testing

@Suite("Authorizer") struct AuthorizerTests {
    @Test("sends nothing before it is asked, then a token, then the same token")
    func tokens() async throws {
        let lab = try AuthorizerLab(ScriptedLogin(AuthorizerLab.me))
        let scopes = try AuthorizerLab.pull()
        #expect(try await lab.authorizer.authorization(for: scopes) == nil)
        let first = try await lab.authorizer.refused(nil, challenges: [AuthorizerLab.bearer], scopes: scopes)
        #expect(first.field.reveal() == "Bearer token-1")
        #expect(try await lab.authorizer.authorization(for: scopes) == first)
        let other = try await lab.authorizer.authorization(for: try AuthorizerLab.pull("other"))
        #expect(other?.field.reveal() == "Bearer token-2")
        let requests = await lab.transport.requests
        #expect(requests.count == 2)
        #expect(requests[0].method == .get)
        #expect(
            requests[0].address.description
                == "https://auth.example.com/token?x=1&service=reg%20istry&scope=repository%3Aapp%3Apull")
        #expect(requests[0].headers[.authorization] == "Basic bWU6aHVudGVyMg==")
        #expect(requests[0].answerLimit == 1 << 20)
    }

    @Test("asks for one scope a parameter, and for what the registry wants besides")
    func scopes() async throws {
        let lab = try AuthorizerLab(AnonymousLogin())
        var challenge = AuthorizerLab.bearer
        challenge.parameters["scope"] = "repository:app:pull,push repository:base:pull nonsense"
        let scopes: Set<Scope> = [.pull(try RepositoryName("app")), .pull(try RepositoryName("other"))]
        _ = try await lab.authorizer.refused(nil, challenges: [challenge], scopes: scopes)
        let target = await lab.transport.requests[0].address.target
        #expect(
            target == "/token?x=1&service=reg%20istry&scope=repository%3Aapp%3Apull%2Cpush"
                + "&scope=repository%3Abase%3Apull&scope=repository%3Aother%3Apull")
        #expect(await lab.transport.requests[0].headers[.authorization] == nil)
    }

    @Test("renews a token before it expires")
    func expiry() async throws {
        let lab = try AuthorizerLab(AnonymousLogin(), transport: .tokens(life: 20))
        let scopes = try AuthorizerLab.pull()
        let first = try await lab.authorizer.refused(nil, challenges: [AuthorizerLab.bearer], scopes: scopes)
        lab.time.advance(by: .milliseconds(17_900))
        #expect(try await lab.authorizer.authorization(for: scopes) == first)
        lab.time.advance(by: .milliseconds(200))
        let second = try await lab.authorizer.authorization(for: scopes)
        #expect(second?.field.reveal() == "Bearer token-2")
        #expect(await lab.transport.requests.count == 2)
    }

    @Test("replaces a refused token once, and hands the new one to those who held the old one")
    func refusedToken() async throws {
        let lab = try AuthorizerLab(AnonymousLogin())
        let scopes = try AuthorizerLab.pull()
        let challenges = [AuthorizerLab.bearer]
        let first = try await lab.authorizer.refused(nil, challenges: challenges, scopes: scopes)
        let second = try await lab.authorizer.refused(first, challenges: challenges, scopes: scopes)
        #expect(second.field.reveal() == "Bearer token-2")
        #expect(second.id > first.id)
        #expect(try await lab.authorizer.refused(first, challenges: challenges, scopes: scopes) == second)
        #expect(try await lab.authorizer.refused(nil, challenges: challenges, scopes: scopes) == second)
        #expect(
            try await lab.authorizer.refused(second, challenges: [], scopes: scopes).field.reveal()
                == "Bearer token-3")
        #expect(await lab.transport.requests.count == 3)
    }

    @Test("shows a name and a password where Basic is wanted, and gives up where they are refused")
    func basic() async throws {
        let lab = try AuthorizerLab(ScriptedLogin(AuthorizerLab.me))
        let scopes = try AuthorizerLab.pull()
        let first = try await lab.authorizer.refused(nil, challenges: [AuthorizerLab.basic], scopes: scopes)
        #expect(first.field.reveal() == "Basic bWU6aHVudGVyMg==")
        #expect(try await lab.authorizer.authorization(for: scopes) == first)
        let error = await #expect(throws: AuthError.self) {
            try await lab.authorizer.refused(first, challenges: [AuthorizerLab.basic], scopes: scopes)
        }
        #expect(error?.kind == .denied)
        #expect(error?.description.contains("registry.example.com") == true)
        #expect(await lab.transport.requests.isEmpty)
    }

    @Test(
        "looks once more for a login that was refused",
        arguments: [AuthorizerLab.basic, AuthorizerLab.bearer])
    func rotated(challenge: Challenge) async throws {
        let transport = ScriptedTransport { request, number in
            request.headers[.authorization] == "Basic bWU6bmV3"
                ? .json(#"{"token": "t"}"#) : .json("{}", status: 401)
        }
        let next = Login.basic(username: "me", password: Secret("new"))
        let lab = try AuthorizerLab(ScriptedLogin(AuthorizerLab.me, afterRefusal: next), transport: transport)
        let scopes = try AuthorizerLab.pull()
        let old = try? await lab.authorizer.refused(nil, challenges: [AuthorizerLab.basic], scopes: scopes)
        let fresh = try await lab.authorizer.refused(old, challenges: [challenge], scopes: scopes)
        #expect(["Basic bWU6bmV3", "Bearer t"].contains(fresh.field.reveal()))
    }

    @Test("sends a registry token as it is, whatever the scheme")
    func registryToken() async throws {
        let lab = try AuthorizerLab(ScriptedLogin(.bearer(Secret("tok"))))
        let scopes = try AuthorizerLab.pull()
        let first = try await lab.authorizer.refused(nil, challenges: [AuthorizerLab.bearer], scopes: scopes)
        #expect(first.field.reveal() == "Bearer tok")
        let error = await #expect(throws: AuthError.self) {
            try await lab.authorizer.refused(first, challenges: [AuthorizerLab.bearer], scopes: scopes)
        }
        #expect(error?.kind == .denied)
        #expect(await lab.transport.requests.isEmpty)
    }

    @Test("posts an identity token in a form, and never in a URL")
    func identityToken() async throws {
        let lab = try AuthorizerLab(ScriptedLogin(.identityToken(Secret("id+t"))))
        let scopes: Set<Scope> = [.push(try RepositoryName("app")), .pull(try RepositoryName("base"))]
        _ = try await lab.authorizer.refused(nil, challenges: [AuthorizerLab.bearer], scopes: scopes)
        let request = await lab.transport.requests[0]
        #expect(request.method == .post)
        #expect(request.address.target == "/token?x=1")
        #expect(request.headers[.contentType] == "application/x-www-form-urlencoded")
        #expect(request.headers[.authorization] == nil)
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == "grant_type=refresh_token&client_id=davit&refresh_token=id%2Bt&service=reg%20istry"
                + "&scope=repository%3Aapp%3Apull%2Cpush%20repository%3Abase%3Apull")
    }

    @Test("has nothing for a registry that wants a password from the anonymous")
    func anonymous() async throws {
        let lab = try AuthorizerLab(AnonymousLogin())
        let scopes = try AuthorizerLab.pull()
        let error = await #expect(throws: AuthError.self) {
            try await lab.authorizer.refused(nil, challenges: [AuthorizerLab.basic], scopes: scopes)
        }
        #expect(error?.kind == .denied)
        #expect(error?.detail.contains("there is none") == true)
        #expect(try await lab.authorizer.authorization(for: scopes) == nil)
    }

    @Test(
        "refuses challenges that it can't meet",
        arguments: [
            ([], AuthError.Kind.unsupported), ([Challenge(scheme: "negotiate")], .unsupported),
            ([Challenge(scheme: "bearer")], .unsupported),
            ([Challenge(scheme: "bearer", parameters: ["realm": "nonsense"])], .malformed),
            ([Challenge(scheme: "bearer", parameters: ["realm": "ftp://a.example.com"])], .malformed),
            (
                [Challenge(scheme: "bearer", parameters: ["realm": "https://u:p@auth.example.com/"])],
                .untrustedRealm
            ),
            ([Challenge(scheme: "bearer", parameters: ["realm": "https://evil.org/"])], .untrustedRealm),
            (
                [Challenge(scheme: "bearer", parameters: ["realm": "http://auth.example.com/"])],
                .untrustedRealm
            ),
        ])
    func challenges(challenges: [Challenge], kind: AuthError.Kind) async throws {
        let lab = try AuthorizerLab(ScriptedLogin(AuthorizerLab.me))
        let error = await #expect(throws: AuthError.self) {
            try await lab.authorizer.refused(nil, challenges: challenges, scopes: try AuthorizerLab.pull())
        }
        #expect(error?.kind == kind)
        #expect(error?.isTransient == false)
        #expect(error?.description.contains("hunter2") == false)
        #expect(await lab.transport.requests.isEmpty)
    }

    @Test("keeps a bound credential from other hosts, the realm's too")
    func bound() async throws {
        let scopes = try AuthorizerLab.pull()
        func kind(_ hosts: [String]) async throws -> AuthError.Kind? {
            let bound = BoundLogin(ScriptedLogin(AuthorizerLab.me), credential: "c", hosts: hosts)
            let lab = try AuthorizerLab(bound)
            do {
                _ = try await lab.authorizer.refused(nil, challenges: [AuthorizerLab.bearer], scopes: scopes)
                return nil
            } catch {
                #expect(await lab.transport.requests.isEmpty)
                return error.kind
            }
        }
        #expect(try await kind(["registry.example.com"]) == .untrustedRealm)
        #expect(try await kind(["auth.example.com"]) == .noLogin)
        #expect(try await kind(["*.example.com"]) == nil)
        #expect(try await kind([]) == nil)
    }

    @Test("secures the way to the realm as is due")
    func security() async throws {
        let ours = Security(caFile: "ca", clientCertificate: "c", clientKey: "k", skipsVerification: true)
        let lab = try AuthorizerLab(AnonymousLogin(), security: ours)
        let scopes = try AuthorizerLab.pull()
        let first = try await lab.authorizer.refused(nil, challenges: [AuthorizerLab.bearer], scopes: scopes)
        let own = Challenge(scheme: "bearer", parameters: ["realm": "https://registry.example.com/token"])
        _ = try await lab.authorizer.refused(first, challenges: [own], scopes: scopes)
        #expect(await lab.transport.requests.map(\.security) == [Security(caFile: "ca"), ours])
    }
}

import HTTP
import HTTPTypes
import OCI
import Testing

@testable import Registry

@Suite("Authorizer in trouble") struct AuthorizerTroubleTests {
    private static let challenges: [Challenge] = [AuthorizerLab.bearer]

    @Test("asks for one token where a hundred wait")
    func shares() async throws {
        let gate = Gate()
        let lab = try AuthorizerLab(ScriptedLogin(AuthorizerLab.me), transport: .gated(by: gate))
        let scopes = try AuthorizerLab.pull()
        let fields = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    let got = try? await lab.authorizer.refused(
                        nil, challenges: Self.challenges, scopes: scopes)
                    return got?.field.reveal()
                }
            }
            await lab.waiters(99)
            await gate.open()
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(fields == ["Bearer token-1": 100])
        #expect(await lab.transport.requests.count == 1)
    }

    @Test("goes on for the others where the one who asked is cancelled")
    func handsOver() async throws {
        let gate = Gate()
        let lab = try AuthorizerLab(AnonymousLogin(), transport: .gated(by: gate))
        let scopes = try AuthorizerLab.pull()
        try await withThrowingTaskGroup(of: String.self) { group in
            let leader = Task {
                try await lab.authorizer.refused(nil, challenges: Self.challenges, scopes: scopes)
            }
            await lab.requests(1)
            let cancelled = Task {
                try await lab.authorizer.refused(nil, challenges: Self.challenges, scopes: scopes)
            }
            for _ in 0..<5 {
                group.addTask {
                    try await lab.authorizer.refused(nil, challenges: Self.challenges, scopes: scopes).field
                        .reveal()
                }
            }
            await lab.waiters(6)
            cancelled.cancel()
            await lab.waiters(5)
            leader.cancel()
            await lab.requests(2)
            await gate.open()
            for try await field in group { #expect(field == "Bearer token-2") }
            for task in [leader, cancelled] {
                let error = await #expect(throws: AuthError.self) { try await task.value }
                #expect(error?.kind == .cancelled)
            }
        }
        #expect(await lab.transport.requests.count == 2)
    }

    @Test("repeats what may go well, waits as asked, and gives up in the end")
    func retries() async throws {
        let transport = ScriptedTransport { request, number throws(TransportError) in
            switch number {
            case 1: throw TransportError(.connect, request.address.origin)
            case 2: return Response(status: 503)
            case 3: return Response(status: 429, headers: [.retryAfter: "7"])
            default: return .json(#"{"access_token": "t"}"#)
            }
        }
        let lab = try AuthorizerLab(AnonymousLogin(), transport: transport)
        let got = try await lab.authorizer.refused(
            nil, challenges: Self.challenges, scopes: try AuthorizerLab.pull())
        #expect(got.field.reveal() == "Bearer t")
        #expect(lab.time.passed == .milliseconds(150 + 300 + 7150))
    }

    @Test("keeps no failure")
    func noFailureKept() async throws {
        let transport = ScriptedTransport { _, number in
            number <= 4 ? Response(status: 500) : .json(#"{"token": "t"}"#)
        }
        let lab = try AuthorizerLab(AnonymousLogin(), transport: transport)
        let scopes = try AuthorizerLab.pull()
        let error = await #expect(throws: AuthError.self) {
            try await lab.authorizer.refused(nil, challenges: Self.challenges, scopes: scopes)
        }
        #expect(error?.kind == .unavailable)
        #expect(error?.isTransient == true)
        #expect(await transport.requests.count == 4)
        #expect(try await lab.authorizer.authorization(for: scopes)?.field.reveal() == "Bearer t")
    }

    private static let complaints: [(Response, AuthError.Kind, String)] = [
        (
            .json(#"{"details": "incorrect username or password"}"#, status: 401), .denied,
            "incorrect username"
        ),
        (
            .json(#"{"errors": [{"code": "DENIED", "message": "no\u0007 access"}]}"#, status: 403), .denied,
            "no  access"
        ),
        (
            .json(#"{"error": "invalid_grant", "error_description": "expired"}"#, status: 400), .denied,
            "expired"
        ),
        (
            .json(#"{"details": "you sent hunter2 as bWU6aHVudGVyMg=="}"#, status: 401), .denied,
            "you sent ••• as •••"
        ),
        (.json("<html>", status: 404), .malformed, "404"),
        (Response(status: 302, headers: [.location: "https://evil.org/"]), .malformed, "redirect"),
        (.json("{}"), .malformed, "without a usable token"),
        (.json("hunter2"), .malformed, "without a usable token"),
        (.json(#"{"token": "a b"}"#), .malformed, "without a usable token"),
        (Response(status: 200, body: [UInt8](repeating: 32, count: (1 << 20) + 1)), .malformed, "1 MiB"),
    ]

    @Test("says what a token server did wrong, and never the secret", arguments: complaints)
    func complains(response: Response, kind: AuthError.Kind, part: String) async throws {
        let transport = ScriptedTransport { _, _ in response }
        let lab = try AuthorizerLab(ScriptedLogin(AuthorizerLab.me), transport: transport)
        let error = await #expect(throws: AuthError.self) {
            try await lab.authorizer.refused(
                nil, challenges: Self.challenges, scopes: try AuthorizerLab.pull())
        }
        #expect(error?.kind == kind)
        let text = error?.description ?? ""
        #expect(text.contains(part))
        #expect(text.contains("https://auth.example.com"))
        #expect(!text.contains("hunter2") && !text.contains("bWU6aHVudGVyMg"))
        #expect(await transport.requests.count == 1)
    }

    @Test(
        "does not repeat what will not go well",
        arguments: [TransportError.Kind.tls, .tooLarge, .cancelled, .stopped])
    func gives(kind: TransportError.Kind) async throws {
        let transport = ScriptedTransport { request, _ throws(TransportError) in
            throw TransportError(kind, request.address.origin)
        }
        let lab = try AuthorizerLab(AnonymousLogin(), transport: transport)
        await #expect(throws: AuthError.self) {
            try await lab.authorizer.refused(
                nil, challenges: Self.challenges, scopes: try AuthorizerLab.pull())
        }
        #expect(await transport.requests.count == 1)
    }

    @Test("never prints a secret")
    func secrets() async throws {
        let lab = try AuthorizerLab(ScriptedLogin(AuthorizerLab.me))
        let got = try await lab.authorizer.refused(
            nil, challenges: [AuthorizerLab.basic], scopes: try AuthorizerLab.pull())
        var dumped = ""
        dump(got, to: &dumped)
        for text in ["\(got)", String(reflecting: got), dumped] {
            #expect(!text.contains("bWU6"))
        }
    }

    @Test("does not take a user name that would change the password")
    func colon() async throws {
        let lab = try AuthorizerLab(ScriptedLogin(.basic(username: "a:b", password: Secret("p"))))
        let error = await #expect(throws: AuthError.self) {
            try await lab.authorizer.refused(
                nil, challenges: [AuthorizerLab.basic], scopes: try AuthorizerLab.pull())
        }
        #expect(error?.kind == .noLogin)
    }
}

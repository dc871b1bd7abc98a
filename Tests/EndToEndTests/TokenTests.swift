import Foundation
import Lab
import Testing

@Suite("Tokens", .serialized, .timeLimit(.minutes(2))) struct TokenTests {
    private let shape = Shape { $0.tags = 3 }

    private func crossing(_ tokens: TokenServer) throws -> Crossing {
        let options = DockerRegistry.Options { $0.tokens = tokens }
        let crossing = try Crossing(shape, source: options, destination: options)
        try crossing.write()
        try crossing.davit.writeDockerConfig(
            Login.captain.dockerConfig(for: crossing.from.host, crossing.to.host))
        return crossing
    }

    @Test("one token a side and repository does for a whole pass")
    func shares() async throws {
        let tokens = try TokenServer()
        let crossing = try crossing(tokens)
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await crossing.differences(shape) == [])
        #expect(tokens.asked.count == 2)
        #expect(tokens.asked.allSatisfy { $0.user == "captain" && $0.status == 200 })
        let remembered = try crossing.davit.remembered
        #expect(remembered.range(of: Data("lab/r001".utf8)) != nil)
        for secret in ["eyJ", Login.captain.password, Login.captain.encoded] {
            #expect(remembered.range(of: Data(secret.utf8)) == nil)
        }
    }

    @Test(
        "a look asks the destination for the rights that the copy needs, and the source for no more than its own",
        arguments: [["diff"], ["reconcile", "--dry-run"], ["reconcile"]])
    func rights(command: [String]) async throws {
        let tokens = (try TokenServer(), try TokenServer())
        let crossing = try Crossing(
            shape, source: .init { $0.tokens = tokens.0 }, destination: .init { $0.tokens = tokens.1 })
        try crossing.write()
        try crossing.davit.writeDockerConfig(
            Login.captain.dockerConfig(for: crossing.from.host, crossing.to.host))
        let outcome = try await crossing.davit.run(
            [command[0], crossing.davit.manifests] + command.dropFirst())
        #expect(outcome.status == (command == ["reconcile"] ? 0 : 2), "\(outcome.errors)")
        #expect(tokens.0.asked.map(\.scopes) == [["repository:lab/r001:pull"]])
        #expect(tokens.1.asked.map(\.scopes) == [["repository:lab/r001:pull,push"]])
        if command != ["reconcile"] { #expect(crossing.writes == 0) }
    }

    @Test("tokens that live shorter than the pass are renewed")
    func renews() async throws {
        let tokens = try TokenServer(.init { $0.life = 3 })
        let crossing = try crossing(tokens)
        try crossing.write(Rule { $0.more = ["concurrency: 1"] })
        crossing.to.setHook { request in
            ["PUT manifest by tag", "PUT upload"].contains(request.kind) ? .hold(seconds: 0.8) : .pass
        }
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await crossing.differences(shape) == [])
        #expect(tokens.asked.count > 2)
        #expect(tokens.asked.count < 30)
    }

    @Test(
        "tokens that are all refused in mid-pass are asked for anew",
        arguments: ["GET blob", "PUT upload", "PUT manifest by tag"])
    func refused(kind: String) async throws {
        let tokens = try TokenServer()
        let crossing = try crossing(tokens)
        let isRevoked = Guarded(false)
        for proxy in [crossing.from, crossing.to] {
            proxy.setHook { request in
                if request.kind == kind,
                    isRevoked.with({ was in
                        defer { was = true }; return !was
                    })
                {
                    tokens.revokeAll()
                }
                return tokens.refusal(of: request) ?? .pass
            }
        }
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(isRevoked.with { $0 })
        #expect(try await crossing.differences(shape) == [])
    }

    @Test("a login that the token server refuses is told, and is not tried again and again")
    func refusesLogins() async throws {
        let tokens = try TokenServer()
        let crossing = try crossing(tokens)
        tokens.refuseLogins()
        let pass = try await crossing.davit("reconcile", "--log-level", "trace")
        #expect(pass.status == 1)
        #expect(pass.errors.contains("source: cannot list tags lab/r001 at \(crossing.from.host): denied ("))
        #expect(tokens.asked.count < 6, "\(tokens.asked)")
        #expect(!(pass.output + pass.errors).contains(Login.captain.password))
    }

    @Test("no token is shown at any level")
    func hidesTokens() async throws {
        let tokens = try TokenServer()
        let crossing = try crossing(tokens)
        let pass = try await crossing.davit("reconcile", "--log-level", "trace")
        #expect(pass.status == 0)
        #expect(!(pass.output + pass.errors).contains("eyJ"))
    }
}

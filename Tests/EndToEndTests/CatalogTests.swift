import Foundation
import Lab
import Testing

@Suite("Credentials of patterns and paths", .serialized, .timeLimit(.minutes(2))) struct CatalogTests {
    private static let shape = Shape { $0.repositories = 2 }
    private static let captain = "env: { username: DAVIT_WHO, password: DAVIT_WORD }"

    /// A locked source, an open destination, and a rule by patterns over the source's catalog.
    private func crossing(
        _ variables: [String: String] = [:],
        images: [String] = [
            #"{ repositories: { include: ["lab/*"] }, "#
                + #"tags: { include: ["*"] } }"#
        ]
    ) throws -> (Crossing, String) {
        let locked = DockerRegistry.Options { $0.passwords = true }
        let own = ["DAVIT_WHO": "captain", "DAVIT_WORD": Login.captain.password]
        let crossing = try Crossing(Self.shape, source: locked, variables: own.merging(variables) { $1 })
        return (crossing, Rule { $0.images = images }.yaml(from: "left", to: crossing.to.host))
    }

    private func key(_ name: String, _ source: String) -> String {
        "---\napiVersion: davit/v1\nkind: Credential\nmetadata: { name: \(name) }\nspec: { \(source) }\n"
    }

    @Test("a plain credential opens the catalog too")
    func plain() async throws {
        let (crossing, rule) = try crossing()
        try crossing.davit.write(
            rule + Rule.registry("left", crossing.from.host, credential: Self.captain))
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await crossing.differences(Self.shape) == [])
    }

    @Test("of several credentials the one without paths opens the catalog, and paths choose the others")
    func scoped() async throws {
        let (crossing, rule) = try crossing(["DAVIT_BOSUN": "bosun", "DAVIT_ROPE": Login.bosun.password])
        let uses = #", credentials: [{ paths: ["lab/r001"], use: first }, { use: rest }]"#
        try crossing.davit.write(
            rule + Rule.registry("left", crossing.from.host, uses) + key("first", Self.captain)
                + key("rest", "env: { username: DAVIT_BOSUN, password: DAVIT_ROPE }"))
        let logins = Guarded<[String: Set<String>]>([:])
        crossing.from.setHook { request in
            guard let login = request.headers["Authorization"] else { return .pass }
            logins.with { _ = $0[request.route.repository ?? "catalog", default: []].insert(login) }
            return .pass
        }
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await crossing.differences(Self.shape) == [])
        let seen = logins.with { $0 }
        #expect(seen["lab/r001"] == [Login.captain.basic])
        #expect(seen["lab/r002"] == [Login.bosun.basic])
        #expect(seen.values.contains { $0 == [Login.bosun.basic] })
    }

    @Test("a repository that no path fits is asked for without a login")
    func unscoped() async throws {
        let (crossing, rule) = try crossing(images: [Rule.all("lab/r001"), Rule.all("lab/r002")])
        let uses = #", credentials: [{ paths: ["lab/r001"], use: first }]"#
        try crossing.davit.write(
            rule + Rule.registry("left", crossing.from.host, uses) + key("first", Self.captain))
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 1)
        #expect(
            pass.errors.contains("source: cannot list tags lab/r002 at \(crossing.from.host): denied ("),
            "\(pass.errors)")
        #expect(try crossing.heldTags() == ["v001"])
    }

    @Test(
        "podman's logins are found in their usual places",
        arguments: [
            ("XDG_RUNTIME_DIR", "run", "run/containers/auth.json"),
            ("REGISTRY_AUTH_FILE", "own.json", "own.json"), ("", "", "home/.config/containers/auth.json"),
        ])
    func podman(variable: String, value: String, path: String) async throws {
        let folder = try TemporaryFolder("podman")
        let variables = variable.isEmpty ? [:] : [variable: folder.file(value)]
        let (crossing, _) = try crossing(variables)
        try crossing.write()
        let text = Login.captain.dockerConfig(for: crossing.from.host)
        if variable.isEmpty {
            try crossing.davit.write(text, at: path)
        } else {
            try folder.write(text, to: path)
        }
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(try await crossing.differences(in: "lab/r001") == [])
    }
}

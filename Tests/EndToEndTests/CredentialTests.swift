import Foundation
import Lab
import Testing

@Suite("Credentials", .serialized, .timeLimit(.minutes(2))) struct CredentialTests {
    private static let locked = DockerRegistry.Options { $0.passwords = true }

    /// Both sides want a password, and the user's Docker configuration has it for those named.
    private func crossing(variables: [String: String] = [:]) throws -> Crossing {
        try Crossing(Shape(), source: Self.locked, destination: Self.locked, variables: variables)
    }

    /// A rule between declared registries with one credential for both.
    private func write(_ credential: String, _ crossing: Crossing) throws {
        try crossing.davit.write(
            Rule().yaml(from: "left", to: "right")
                + Rule.registry("left", crossing.from.host, credential: credential)
                + Rule.registry("right", crossing.to.host, credential: credential))
    }

    private func converges(_ crossing: Crossing) async throws {
        let pass = try await crossing.davit("reconcile", "--log-level", "trace")
        #expect(pass.status == 0, "\(pass.output)\(pass.errors)")
        #expect(!(pass.output + pass.errors).contains(Login.captain.password))
        let remembered = try crossing.davit.remembered
        #expect(remembered.range(of: Data("lab/r001".utf8)) != nil)
        for secret in [Login.captain.password, Login.captain.encoded] {
            #expect(remembered.range(of: Data(secret.utf8)) == nil)
        }
        #expect(try await crossing.differences() == [])
    }

    @Test("the user's Docker configuration opens both sides")
    func dockerConfig() async throws {
        let crossing = try crossing()
        try crossing.write()
        try crossing.davit.writeDockerConfig(
            Login.captain.dockerConfig(for: crossing.from.host, crossing.to.host))
        try await converges(crossing)
    }

    @Test("variables of the environment")
    func environment() async throws {
        let crossing = try crossing(variables: ["DAVIT_WHO": "captain", "DAVIT_WORD": Login.captain.password])
        try write("env: { username: DAVIT_WHO, password: DAVIT_WORD }", crossing)
        try await converges(crossing)
    }

    @Test("a file beside the manifests", arguments: ["userPassword", "json"])
    func file(format: String) async throws {
        let crossing = try crossing()
        let (user, password) = (Login.captain.user, Login.captain.password)
        let text =
            format == "json" ? #"{"username":"\#(user)","password":"\#(password)"}"# : "\(user):\(password)\n"
        try crossing.davit.write(text, at: "manifests/key")
        try write("file: { path: key, format: \(format) }", crossing)
        try await converges(crossing)
    }

    @Test(
        "a helper program on the PATH, named by a manifest or by the Docker configuration",
        arguments: [true, false])
    func helper(isNamed: Bool) async throws {
        let tools = try TemporaryFolder("tools")
        let crossing = try crossing(variables: ["PATH": "\(tools.path):/usr/bin:/bin"])
        let answer = #"{"ServerURL":"x","Username":"captain","Secret":"\#(Login.captain.password)"}"#
        let path = try tools.write(
            "#!/bin/sh\ncat >/dev/null\necho '\(answer)'\n", to: "docker-credential-lab")
        chmod(path, 0o755)
        if isNamed {
            try write("helper: lab", crossing)
        } else {
            try crossing.write()
            let hosts = [crossing.from.host, crossing.to.host].map { #""\#($0)":"lab""# }
            try crossing.davit.writeDockerConfig(#"{"credHelpers":{\#(hosts.joined(separator: ","))}}"#)
        }
        try await converges(crossing)
    }

    @Test(
        "no login, or a wrong one, is told clearly, and no secret is shown", arguments: [nil, "foul-weather"])
    func wrong(password: String?) async throws {
        let crossing = try crossing()
        try crossing.write()
        if let password {
            let login = Login("captain", password)
            try crossing.davit.writeDockerConfig(
                login.dockerConfig(for: crossing.from.host, crossing.to.host))
        }
        let report = crossing.davit.file("report.json")
        let pass = try await crossing.davit("reconcile", "--log-level", "trace", "--report", report)
        #expect(pass.status == 1)
        let awaited = "source: cannot list tags lab/r001 at \(crossing.from.host): denied ("
        #expect(pass.errors.contains(awaited), "\(pass.errors)")
        let all = try pass.errors + pass.output + crossing.davit.text("report.json")
        for secret in [password, password.map { Login("captain", $0).encoded }].compactMap({ $0 }) {
            #expect(!all.contains(secret))
        }
        #expect(crossing.requests < 10)
    }

    @Test("a credential goes to its own hosts alone")
    func hosts() async throws {
        let crossing = try crossing(variables: ["DAVIT_WHO": "captain", "DAVIT_WORD": Login.captain.password])
        let source = { (host: String) in
            "env: { username: DAVIT_WHO, password: DAVIT_WORD }, hosts: [\"\(host)\"]"
        }
        // The registry itself left out is a fault of the manifests.
        try write(source("127.0.0.9:5000"), crossing)
        let refused = try await crossing.davit("diff")
        #expect(refused.status == 65)
        #expect(refused.errors.contains("hosts"), "\(refused.errors)")
        try crossing.davit.write(
            Rule().yaml(from: "left", to: "right")
                + Rule.registry("left", crossing.from.host, credential: source(crossing.from.host))
                + Rule.registry("right", crossing.to.host, credential: source(crossing.to.host)))
        try await converges(crossing)
    }

    @Test("one side's login is not tried at the other")
    func oneSide() async throws {
        let crossing = try crossing()
        try crossing.write()
        try crossing.davit.writeDockerConfig(Login.captain.dockerConfig(for: crossing.from.host))
        let pass = try await crossing.davit("reconcile")
        #expect(pass.status == 1)
        #expect(pass.errors.contains("destination: cannot look at lab/r001:v001"), "\(pass.errors)")
        #expect(crossing.to.records.allSatisfy { !$0.hasCredentials })
    }
}

@Suite("Credentials in variables", .timeLimit(.minutes(3))) struct VariableTests {
    @Test("validate warns of variables that are not set, and takes the manifests") func warns() async throws {
        let davit = try Davit(["DAVIT_THERE": "x"])
        try davit.write(
            """
            apiVersion: davit/v1
            kind: Credential
            metadata: { name: china }
            spec: { env: { username: DAVIT_THERE, password: DAVIT_NOT_THERE } }
            """)
        let outcome = try await davit("validate")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.errors.contains(
                "warning: credential china: the environment variable DAVIT_NOT_THERE is not set"))
        #expect(!outcome.errors.contains("variable DAVIT_THERE"))
    }
}

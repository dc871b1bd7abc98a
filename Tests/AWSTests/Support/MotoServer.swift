import AWS
import Foundation
import HTTP
import HTTPTypes
import Lab
import Registry
import Testing

/// A server that pretends to be AWS and checks each signature and each right with botocore's own code.
final class MotoServer: Sendable {
    /// What it was stood up with.
    struct User: Decodable {
        var id: String
        var secret: String
        var role: String
    }

    let url: String
    let user: User
    private let program: RunningProgram

    /// Starts one and waits until it answers.
    init() async throws {
        let (program, url) = try await Self.start()
        self.program = program
        self.url = url
        let made = try await Program(Judge.python, [Judge.path("moto.py"), url]).run()
        try #require(made.status == 0, "\(made.errors)")
        user = try JSONDecoder().decode(User.self, from: Data(made.output.utf8))
    }

    deinit {
        program.signal(SIGKILL)
        // A child that nobody waits for keeps those who look for ended children awake.
        _ = program.wait(timeout: 10)
    }

    /// Ends it, and waits for that.
    func stop() async throws {
        program.signal(SIGTERM)
        _ = try await program.end(timeout: 10)
    }

    private static func start() async throws -> (RunningProgram, String) {
        // Found free and taken by another one in the meantime: then it ends, and the next is tried.
        for _ in 0..<5 {
            let port = try freePort()
            let program = try Program(
                Judge.moto, ["-H", "127.0.0.1", "-p", "\(port)"],
                environment: Program.environment([
                    "INITIAL_NO_AUTH_ACTION_COUNT": "5", "MOTO_PORT": "\(port)",
                ])
            ).start()
            let url = "http://127.0.0.1:\(port)"
            if try await answers(url, program) { return (program, url) }
            program.signal(SIGKILL)
        }
        throw LabError("moto does not start")
    }

    private static func answers(_ url: String, _ program: RunningProgram) async throws -> Bool {
        let loop = try CurlLoop()
        let request = Request(.get, try Address(url + "/moto-api/data.json"))
        for _ in 0..<600 {
            if let response = try? await loop.send(request), response.isSuccess { return true }
            if kill(program.pid, 0) != 0 { return false }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    private static func freePort() throws -> UInt16 {
        try ScriptedServer { _ in ScriptedResponse(404) }.endpoint.port
    }

    /// A session with keys of the user's, on the real transport.
    func session(_ variables: [String: String] = [:]) throws -> AWSSession {
        let ground = try LiveGround()
        let all = [
            "AWS_ENDPOINT_URL": url, "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": user.id,
            "AWS_SECRET_ACCESS_KEY": user.secret,
        ].merging(variables) { $1 }
        return try AWSSession(ground.environment(all), on: AWSGround(transport: ground.loop))
    }
}

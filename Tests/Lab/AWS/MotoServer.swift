import Foundation

/// A server that pretends to be AWS and checks each signature and each right with botocore's own code.
public final class MotoServer: Sendable {
    /// What it was stood up with.
    public struct User: Decodable, Sendable {
        /// The access key's name.
        public var id: String
        /// The secret.
        public var secret: String
        /// A role that the user may assume.
        public var role: String
    }

    /// Its address.
    public let url: String
    /// Whose keys it takes.
    public let user: User
    private let program: RunningProgram

    /// Starts one and waits until it answers.
    public init() async throws {
        let (program, url) = try await Self.start()
        self.program = program
        self.url = url
        let made = try await Judges.run("moto.py", [url])
        user = try JSONDecoder().decode(User.self, from: Data(made.output.utf8))
    }

    deinit {
        program.signal(SIGKILL)
        // A child that nobody waits for keeps those who look for ended children awake.
        _ = program.wait(timeout: 10)
    }

    /// Ends it, and waits for that.
    public func stop() async throws {
        program.signal(SIGTERM)
        _ = try await program.end(timeout: 10)
    }

    private static func start() async throws -> (RunningProgram, String) {
        // Found free and taken by another one in the meantime: then it ends, and the next is tried.
        for _ in 0..<5 {
            let endpoint = try Endpoint(port: Ports.free())
            let program = try Program(
                Judges.moto, ["-H", endpoint.host, "-p", "\(endpoint.port)"],
                environment: Program.environment([
                    "INITIAL_NO_AUTH_ACTION_COUNT": "5", "MOTO_PORT": "\(endpoint.port)",
                ])
            ).start()
            if try await answers(endpoint, program) { return (program, endpoint.url) }
            program.signal(SIGKILL)
            _ = try await program.end(timeout: 10)
        }
        throw LabError("moto does not start")
    }

    private static func answers(_ endpoint: Endpoint, _ program: RunningProgram) async throws -> Bool {
        for _ in 0..<600 {
            let answer = try? await offPool { try RawClient(endpoint).send("GET", "/moto-api/data.json") }
            if answer?.status == 200 { return true }
            if !program.isRunning { return false }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}

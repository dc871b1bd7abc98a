import FoundationEssentials
import OCI

/// Remembers for a while what a credential helper said, since every question starts a process.
actor CredentialHelper {
    /// How long an answer is good: helpers of clouds hand out what lives for an hour.
    private static let memory: Duration = .seconds(300)

    private struct Answer: Decodable {
        var Username: String
        var Secret: String
    }

    private let name: String
    private let program: HelperProgram
    private let time: Timekeeper
    private let questions = SingleFlight<String, Login, LoginError>()
    private var known: [String: (login: Login, until: ContinuousClock.Instant)] = [:]

    init(name: String, environment: LoginEnvironment, time: Timekeeper) {
        self.name = name
        self.time = time
        program = HelperProgram(name: name, environment: environment, time: time)
    }

    /// What the helper has for a host.
    func login(for host: String) async throws(LoginError) -> Login {
        if let login = remembered(host) { return login }
        return try await questions.value(for: host) { () async throws(LoginError) -> Login in
            try await self.ask(host)
        }
    }

    /// Drops a login that was refused, but not one that took its place.
    func forget(_ login: Login, for host: String) {
        if known[host]?.login == login { known[host] = nil }
    }

    private func remembered(_ host: String) -> Login? {
        guard let answer = known[host], answer.until > time.now() else { return nil }
        return answer.login
    }

    private func ask(_ host: String) async throws(LoginError) -> Login {
        if let login = remembered(host) { return login }
        let output = try await program.get(host == DockerHub.name ? DockerHub.storeKey : host, for: host)
        let login = try read(output, host)
        known[host] = (login, time.now() + Self.memory)
        return login
    }

    private func read(_ output: HelperProgram.Output, _ host: String) throws(LoginError) -> Login {
        guard output.isSuccess else {
            if output.text.lowercased().contains("credentials not found") { return .anonymous }
            throw LoginError(
                .helperFailed, for: host,
                detail: "docker-credential-\(name) failed\(output.complaint); run it by hand to see why")
        }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(output.text.utf8)) else {
            throw LoginError(
                .malformed, for: host,
                detail: "docker-credential-\(name) answered without Username and Secret; check its version")
        }
        if answer.Username.isEmpty, answer.Secret.isEmpty { return .anonymous }
        return .pair(answer.Username, answer.Secret)
    }
}

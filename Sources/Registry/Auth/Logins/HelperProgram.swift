import Glibc
import Subprocess

/// Runs a credential helper, within bounds of time and output.
struct HelperProgram: Sendable {
    /// How a run ended.
    struct Output: Sendable {
        /// True of exit code 0.
        var isSuccess: Bool
        /// What stood on standard output.
        var text: String
        /// What stood on standard error.
        var errors: String

        /// What the helper says of a failure: one short line, and nothing that looks like an answer.
        var complaint: String {
            let texts = [text, errors].filter { !$0.contains("{") && !$0.lowercased().contains("secret") }
            let lines = texts.flatMap { $0.split(whereSeparator: \.isNewline) }
            return lines.first.map { ": " + String($0).printable(atMost: 160) } ?? ""
        }
    }

    private static let patience: Duration = .seconds(30)
    private static let largest = 64 << 10
    /// A helper that does not read would otherwise end us by a signal.
    private static let ignoresBrokenPipes: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return true
    }()

    /// `NAME` of `docker-credential-NAME`.
    var name: String
    /// The variables it is run with; its `PATH` is where it is looked for.
    var environment: LoginEnvironment
    /// What time it is.
    var time: Timekeeper

    /// Asks for the login of a server.
    func get(_ server: String, for host: String) async throws(LoginError) -> Output {
        guard Self.isName(name) else {
            throw LoginError(
                .malformed, for: host,
                detail:
                    "'\(name.printable(atMost: 60))' is no helper's name: it may hold a-z, 0-9 and '-'"
            )
        }
        do { return try await timed(server) } catch { throw failure(error, host) }
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100
            && name.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }

    private struct TimedOut: Error {}

    /// Whichever comes first; the other one is cancelled, which ends the program.
    private func timed(_ server: String) async throws -> Output {
        try await withThrowingTaskGroup(of: Output.self) { group in
            group.addTask { try await run(server) }
            group.addTask {
                try await time.sleep(Self.patience)
                throw TimedOut()
            }
            defer { group.cancelAll() }
            guard let output = try await group.next() else { throw CancellationError() }
            return output
        }
    }

    private func run(_ server: String) async throws -> Output {
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment.variables {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        var options = PlatformOptions()
        // A helper may be a script: whatever it started goes with it, else its output would stay open.
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))
        ]
        _ = Self.ignoresBrokenPipes
        let result = try await Subprocess.run(
            .name("docker-credential-\(name)"), arguments: ["get"], environment: .custom(variables),
            platformOptions: options, input: .inputWriter, output: .string(limit: Self.largest),
            error: .string(limit: Self.largest)
        ) { execution in
            // A helper that ends before it has read is judged by what it said and by its exit code.
            _ = try? await execution.standardInputWriter.write(server)
            try? await execution.standardInputWriter.finish()
        }
        return Output(
            isSuccess: result.terminationStatus.isSuccess, text: result.standardOutput,
            errors: result.standardError)
    }

    private func failure(_ error: any Error, _ host: String) -> LoginError {
        let program = "docker-credential-\(name)"
        if error is TimedOut {
            return LoginError(
                .timedOut, for: host,
                detail: "\(program) gave no answer within 30 s; see whether it waits for somebody")
        }
        if error is CancellationError || Task.isCancelled { return .abandoned }
        switch (error as? SubprocessError)?.code {
        case .executableNotFound:
            return LoginError(
                .missing, for: host,
                detail: "there is no program \(program) on the PATH; install it or correct its name")
        case .outputLimitExceeded:
            return LoginError(.tooLarge, for: host, detail: "\(program) answered with more than 64 KiB")
        default:
            return LoginError(.helperFailed, for: host, detail: "\(program) can't be run; run it by hand")
        }
    }
}

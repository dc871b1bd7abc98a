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
        let bounds = ProgramBounds(environment, patience: Self.patience, time: time)
        do throws(ProgramBounds.Fault) {
            return try await bounds.run { [self] in try await run(server, $0, $1) }
        } catch {
            throw failure(error, host)
        }
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100
            && name.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }

    private func run(_ server: String, _ environment: Environment, _ options: PlatformOptions) async throws
        -> Output
    {
        let result = try await Subprocess.run(
            .name("docker-credential-\(name)"), arguments: ["get"], environment: environment,
            platformOptions: options, input: .inputWriter, output: .string(limit: ProgramBounds.largest),
            error: .string(limit: ProgramBounds.largest)
        ) { execution in
            // A helper that ends before it has read is judged by what it said and by its exit code.
            _ = try? await execution.standardInputWriter.write(server)
            try? await execution.standardInputWriter.finish()
        }
        return Output(
            isSuccess: result.terminationStatus.isSuccess, text: result.standardOutput,
            errors: result.standardError)
    }

    private func failure(_ fault: ProgramBounds.Fault, _ host: String) -> LoginError {
        let program = "docker-credential-\(name)"
        switch fault {
        case .timedOut:
            return LoginError(
                .timedOut, for: host,
                detail: "\(program) gave no answer within 30 s; see whether it waits for somebody")
        case .cancelled: return .abandoned
        case .missing:
            return LoginError(
                .missing, for: host,
                detail: "there is no program \(program) on the PATH; install it or correct its name")
        case .tooLarge:
            return LoginError(.tooLarge, for: host, detail: "\(program) answered with more than 64 KiB")
        case .unable:
            return LoginError(.helperFailed, for: host, detail: "\(program) can't be run; run it by hand")
        }
    }
}

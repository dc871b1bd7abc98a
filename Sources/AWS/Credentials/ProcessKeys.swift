import Glibc
import Registry
import Subprocess

/// Keys that a program writes: `credential_process` of a profile. The command line is not a shell's.
struct ProcessKeys: KeyProvider {
    private static let patience: Duration = .seconds(60)
    private static let largest = 64 << 10
    /// A program that does not read would otherwise end us by a signal.
    private static let ignoresBrokenPipes: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return true
    }()

    /// The profile that names it.
    let profile: String
    /// What stands in the profile; some write secrets into it.
    let command: Secret
    /// What it is run with.
    let environment: LoginEnvironment
    let time: Timekeeper

    private var place: String { "credential_process of profile '\(profile)'" }

    func find() async throws(AWSError) -> Finding {
        guard let words = ShellWords.split(command.reveal()), let program = words.first else {
            throw .keys(at: place, "the command has no program, or a quote without an end")
        }
        let output: [UInt8]
        do { output = try await timed(program, Array(words.dropFirst())) } catch {
            throw failure(error)
        }
        guard let fields = KeyFields(output), fields.version == 1 else {
            throw .keys(at: place, "it did not write JSON with \"Version\": 1; run it by hand")
        }
        return .found(try fields.keys(from: place))
    }

    private struct TimedOut: Error {}
    private struct Failed: Error {}

    /// Whichever comes first; the other one is cancelled, which ends the program.
    private func timed(_ program: String, _ arguments: [String]) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await run(program, arguments) }
            group.addTask {
                try await time.sleep(Self.patience)
                throw TimedOut()
            }
            defer { group.cancelAll() }
            guard let output = try await group.next() else { throw CancellationError() }
            return output
        }
    }

    private func run(_ program: String, _ arguments: [String]) async throws -> [UInt8] {
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment.variables {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        var options = PlatformOptions()
        // It may be a script: whatever it started goes with it, else its output would stay open.
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))
        ]
        _ = Self.ignoresBrokenPipes
        let result = try await Subprocess.run(
            program.contains("/") ? .path(Self.path(program)) : .name(program),
            arguments: Arguments(arguments), environment: .custom(variables), platformOptions: options,
            input: .none, output: .string(limit: Self.largest), error: .discarded)
        guard result.terminationStatus.isSuccess else { throw Failed() }
        return Array(result.standardOutput.utf8)
    }

    /// A path of Subprocess' own kind of paths, whose module need not be known for this.
    private static func path<Path: ExpressibleByStringLiteral>(_ text: String) -> Path
    where Path.StringLiteralType == String {
        Path(stringLiteral: text)
    }

    private func failure(_ error: any Error) -> AWSError {
        if error is TimedOut {
            return .keys(at: place, "it gave no answer within 60 s; see whether it waits for somebody")
        }
        if error is Failed { return .keys(at: place, "it failed; run it by hand to see why") }
        if error is CancellationError || Task.isCancelled { return .keys(at: place, "", .cancelled) }
        switch (error as? SubprocessError)?.code {
        case .executableNotFound: return .keys(at: place, "there is no such program")
        case .outputLimitExceeded: return .keys(at: place, "it wrote more than 64 KiB")
        default: return .keys(at: place, "it can't be run; run it by hand")
        }
    }
}

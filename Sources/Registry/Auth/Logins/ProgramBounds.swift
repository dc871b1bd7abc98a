import Glibc
import Subprocess

/// What a program that tells a login, or keys, is run within: its variables, its time, and an end for all it started.
public struct ProgramBounds: Sendable {
    /// Why there is no answer.
    public enum Fault: Error, Hashable {
        /// The time is up.
        case timedOut
        /// Nobody waits for it any more.
        case cancelled
        /// There is no such program.
        case missing
        /// It wrote more than was asked for.
        case tooLarge
        /// Anything else.
        case unable
    }

    /// How much such a program may write, in bytes.
    public static let largest = 64 << 10
    /// A program that does not read would otherwise end us by a signal.
    private static let ignoresBrokenPipes: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return true
    }()

    private let variables: [Environment.Key: String]
    private let patience: Duration
    private let time: Timekeeper

    private struct TimedOut: Error {}

    /// - Parameters:
    ///   - environment: what it is run with; its `PATH` is where it is looked for.
    ///   - patience: how long it may take.
    public init(_ environment: LoginEnvironment, patience: Duration, time: Timekeeper) {
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment.variables {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        (self.variables, self.patience, self.time) = (variables, patience, time)
    }

    /// Runs it, by a body that is told with what. When the time is up the body is cancelled, which ends the program.
    public func run<Value: Sendable>(
        _ body: @escaping @Sendable (Environment, PlatformOptions) async throws -> Value
    ) async throws(Fault) -> Value {
        _ = Self.ignoresBrokenPipes
        var options = PlatformOptions()
        // It may be a script: whatever it started goes with it, else its output would stay open.
        options.createSession = true
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))
        ]
        do {
            return try await timed { [variables, options] in try await body(.custom(variables), options) }
        } catch { throw Self.fault(error) }
    }

    /// Whichever comes first; the other one is cancelled.
    private func timed<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws
        -> Value
    {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await time.sleep(patience)
                throw TimedOut()
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }

    private static func fault(_ error: any Error) -> Fault {
        if error is TimedOut { return .timedOut }
        if error is CancellationError || Task.isCancelled { return .cancelled }
        return switch (error as? SubprocessError)?.code {
        case .executableNotFound: .missing
        case .outputLimitExceeded: .tooLarge
        default: .unable
        }
    }
}

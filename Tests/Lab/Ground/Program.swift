import Foundation

/// A child program that was run to its end, with what it said and what it cost.
public struct Outcome: Sendable {
    /// The exit code, or 128 and the number of the signal that ended it.
    public let status: Int32
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let errors: String
    /// Seconds from start to end.
    public let wall: Double
    /// Processor seconds of the program itself, outside the kernel.
    public let user: Double
    /// Processor seconds in the kernel.
    public let system: Double
    /// The largest resident memory, in bytes.
    public let peakMemory: Int
    /// Whether it was killed because its time was up.
    public let timedOut: Bool

    /// All processor seconds.
    public var cpu: Double { user + system }
}

/// A program to run, with everything it is given.
public struct Program: Sendable {
    /// Its path, or a name that `PATH` knows.
    public var path: String
    /// What follows its name on the command line.
    public var arguments: [String]
    /// Its whole environment; this process's own when nil.
    public var environment: [String: String]?
    /// What it reads from standard input.
    public var input: String
    /// Whether its standard input stays open behind that until it ends.
    public var holdsInput = false
    /// The folder it starts in; this process's own when nil.
    public var folder: String?

    /// Describes a program to run.
    public init(
        _ path: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        input: String = "", holdsInput: Bool = false, folder: String? = nil
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.holdsInput = holdsInput
        self.folder = folder
    }

    /// This process's environment, changed in some places; nil takes a variable out.
    public static func environment(_ changes: [String: String?]) -> [String: String] {
        var all = ProcessInfo.processInfo.environment
        for (name, value) in changes { all[name] = value }
        return all
    }

    /// Starts it.
    public func start() throws -> RunningProgram { try RunningProgram(self) }

    /// Runs it to its end without holding a thread of the task pool.
    public func run(timeout seconds: Double = 120) async throws -> Outcome {
        let running = try start()
        return try await offPool { running.wait(timeout: seconds) }
    }

    /// Runs it to its end on this thread.
    public func runHere(timeout seconds: Double = 120) throws -> Outcome {
        try start().wait(timeout: seconds)
    }

    /// Runs it on this thread and takes any exit code but 0 for an error.
    @discardableResult func succeed(timeout seconds: Double = 120) throws -> Outcome {
        let outcome = try runHere(timeout: seconds)
        guard outcome.status == 0 else {
            throw LabError("\(path) \(arguments.first ?? "") ended with \(outcome.status): \(outcome.errors)")
        }
        return outcome
    }
}

extension Program {
    /// The full path of a program that `PATH` knows, or nil.
    public static func find(_ name: String) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}

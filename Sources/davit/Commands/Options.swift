import ArgumentParser
import Desired
import Logging

/// Which manifests are meant, and what they may read.
struct ManifestOptions: ParsableArguments {
    @Argument(help: "Manifest files, folders of them (*.yaml, *.yml), or - for standard input.")
    var manifests: [String]

    @Option(
        name: .customLong("rule"),
        help: ArgumentHelp("Only this rule; may be given several times.", valueName: "name"))
    var rules: [String] = []

    @Option(
        name: .customLong("allow-env"),
        help: ArgumentHelp(
            """
            Let manifests read this environment variable in ${…}, besides DAVIT_VAR_*; may be given several times.
            """,
            valueName: "name"))
    var allowedVariables: [String] = []

    @Option(
        name: .customLong("secrets-dir"),
        help: ArgumentHelp("A folder outside the manifests whose files they may name.", valueName: "folder"))
    var secretsDirectory: String?

    @Option(
        name: .customLong("layouts-dir"),
        help: ArgumentHelp(
            """
            A folder outside the manifests in which they may name image layouts, to be read and written; may be given \
            several times.
            """,
            valueName: "folder"))
    var layoutDirectories: [String] = []

    /// What loading may read.
    func loadOptions(_ environment: [String: String]) -> LoadOptions {
        var options = LoadOptions()
        options.allowedVariables = Set(allowedVariables)
        options.secretsDirectory = secretsDirectory
        options.layoutDirectories = layoutDirectories
        options.environment = environment
        return options
    }
}

/// How far looking goes.
struct LookOptions: ParsableArguments {
    @Flag(
        name: .customLong("deep"),
        help: """
            Look behind tags that are in sync: read their manifests at the destination and ask for every blob. What \
            is missing counts as a difference, and reconcile brings it back.
            """)
    var isDeep = false
}

/// What is remembered between passes.
struct StateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The file that passes remember in what spares the next one work, or none. It is $XDG_STATE_HOME/davit/state.db, \
            else ~/.local/state/davit/state.db. A diff reads it where it is there, and writes nothing.
            """, valueName: "file"))
    var state: String?

    func validate() throws {
        guard state != "" else { throw ValidationError("--state wants a file, or none") }
    }
}

/// How results and progress are written.
struct OutputOptions: ParsableArguments {
    @Option(help: "How results are written to standard output: text or json.")
    var output = OutputFormat.text

    @Flag(name: [.long, .short], help: "No progress; only what failed.")
    var quiet = false

    @Option(help: "The least grave messages that are shown: trace, debug, info, warning, error.")
    var logLevel = LogLevel.info

    @Option(help: "How messages are written to standard error: text or json.")
    var logFormat = OutputFormat.text
}

/// Text for people or JSON for programs.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// How grave a message is.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, warning, error

    /// The logger's own name for it.
    var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}

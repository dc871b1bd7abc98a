import ArgumentParser
import Desired
import Glibc
import Logging

/// Where results and messages go: results to standard output, all else to standard error.
struct Console: Sendable {
    /// Colours are for terminals alone, and not where `NO_COLOR` is set.
    let isColored: Bool
    let errorIsColored: Bool
    private let logsJSON: Bool
    /// What is written to standard error goes through it, since a bar may stand at its foot.
    let screen = LiveScreen()
    /// A bar is for people who look on: at a terminal that can move its cursor, and who want text.
    let showsLive: Bool
    let logger: Logger

    init(_ options: OutputOptions, environment: [String: String]) {
        let wanted = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        isColored = wanted && isatty(STDOUT_FILENO) == 1
        errorIsColored = wanted && isatty(STDERR_FILENO) == 1
        logsJSON = options.logFormat == .json
        let canMove = !["", "dumb"].contains(environment["TERM"] ?? "")
        showsLive =
            canMove && isatty(STDERR_FILENO) == 1 && !options.quiet && !logsJSON && options.output == .text
        var handler = LineLogHandler(isJSON: logsJSON, isColored: errorIsColored, screen: screen)
        handler.logLevel = options.quiet ? max(.warning, options.logLevel.level) : options.logLevel.level
        logger = Logger(label: "davit") { [handler] _ in handler }
    }

    /// Writes a result; of what could steer a terminal, only our own colours come through.
    ///
    /// A reader that has gone is no fault; a disk that is full is one.
    func print(_ text: String) throws {
        let fault = Self.write(text.harmless(keepingColors: isColored) + "\n", to: STDOUT_FILENO)
        guard let fault, fault != EPIPE else { return }
        logger.error("the result could not be written: \(String(cString: strerror(fault)))")
        throw ExitCode(1)
    }

    /// True where results and messages come to one and the same place: what one has told, the other need not.
    var isOnePlace: Bool {
        var (output, errors) = (stat(), stat())
        guard fstat(STDOUT_FILENO, &output) == 0, fstat(STDERR_FILENO, &errors) == 0 else { return false }
        return output.st_dev == errors.st_dev && output.st_ino == errors.st_ino
    }

    /// Writes something that is no result: plainly, or as a message where messages are JSON.
    func note(_ text: String, _ level: Logger.Level) {
        guard !logsJSON else { return logger.log(level: level, "\(text)") }
        screen.write(text.harmless(keepingColors: false) + "\n")
    }

    /// Tells what is wrong with a manifest: as a compiler would, or as a message where messages are JSON.
    func tell(_ diagnostic: Diagnostic) {
        guard logsJSON else {
            screen.write(diagnostic.rendered(color: errorIsColored) + "\n")
            return
        }
        var fields: Logger.Metadata = ["file": "\(diagnostic.file)"]
        if diagnostic.line > 0 {
            fields["line"] = "\(diagnostic.line)"
            fields["column"] = "\(diagnostic.column)"
        }
        if let hint = diagnostic.hint { fields["hint"] = "\(hint)" }
        let level: Logger.Level = diagnostic.severity == .error ? .error : .warning
        logger.log(level: level, "\(diagnostic.message)", metadata: fields)
    }

    /// A text in one line and in a colour, where colours are shown.
    func paint(_ text: String, _ color: Color) -> String {
        isColored ? "\u{1B}[\(color.rawValue)m\(text.harmless)\u{1B}[0m" : text.harmless
    }

    /// The colours in use.
    enum Color: Int, CaseIterable {
        case red = 31
        case green = 32
        case yellow = 33
        case dim = 2
        case bold = 1

        /// What stands behind the escape character, for every colour and for the end of one.
        static let codes = allCases.map { "[\($0.rawValue)m" } + ["[0m"]
    }

    /// Writes all bytes; returns the system's error number where they were not taken.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 || errno == EINTR else { return errno }
            bytes = bytes.dropFirst(max(0, written))
        }
        return nil
    }
}

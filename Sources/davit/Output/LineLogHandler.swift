import FoundationEssentials
import Glibc
import Logging

/// Writes each message as one line to standard error, for people or as JSON.
struct LineLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    let isJSON: Bool
    let isColored: Bool
    private let screen: LiveScreen

    init(isJSON: Bool, isColored: Bool, screen: LiveScreen) {
        self.screen = screen
        self.isJSON = isJSON
        self.isColored = isColored
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        screen.write(isJSON ? json(event, all) : text(event, all))
    }

    private func text(_ event: LogEvent, _ metadata: [String: String]) -> String {
        let details = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let mark =
            switch event.level {
            case .error, .critical: isColored ? "\u{1B}[31merror:\u{1B}[0m " : "error: "
            case .warning: isColored ? "\u{1B}[33mwarning:\u{1B}[0m " : "warning: "
            case .info, .notice: ""
            case .debug, .trace: "\(event.level): "
            }
        return mark + ("\(event.message)" + details).harmless + "\n"
    }

    private func json(_ event: LogEvent, _ metadata: [String: String]) -> String {
        struct Line: Encodable {
            var time: String
            var level: String
            var message: String
            var fields: [String: String]?
        }
        let line = Line(
            time: Date.now.formatted(.iso8601), level: "\(event.level)", message: "\(event.message)",
            fields: metadata.isEmpty ? nil : metadata)
        return JSONOutput.line(line) + "\n"
    }
}

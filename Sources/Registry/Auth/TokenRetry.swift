import FoundationEssentials
import HTTP
import HTTPTypes

/// When a token request is repeated.
struct TokenRetry: Sendable {
    /// Tries for one token.
    var attempts = 4
    /// The longest first wait; it doubles with every try.
    var base: Duration = .milliseconds(250)
    /// The longest wait by our own choice.
    var longest: Duration = .seconds(8)
    /// The longest wait that a server may ask for.
    var bearable: Duration = .seconds(60)

    /// The wait before the next try: full jitter, or what the server asked for if longer; `nil`: give up.
    func wait(after attempt: Int, asked: Duration?, chance: Double) -> Duration? {
        guard attempt < attempts, (asked ?? .zero) <= bearable else { return nil }
        let ceiling = min(longest, base * (1 << min(attempt - 1, 10)))
        return max(ceiling * chance, asked ?? .zero)
    }

    /// True of the statuses that may be another one next time.
    static func isTransient(_ status: Int) -> Bool {
        [408, 425, 429].contains(status) || (500...599).contains(status) && status != 501
    }

    /// What `Retry-After` asks for; its date is compared with the server's own.
    static func asked(by headers: HTTPFields) -> Duration? {
        guard let text = headers[.retryAfter] else { return nil }
        if let seconds = Int64(text) { return seconds >= 0 ? .seconds(min(seconds, 1 << 31)) : nil }
        guard let until = HTTPDate.read(text), let sent = headers[.date].flatMap(HTTPDate.read) else {
            return nil
        }
        return .seconds(max(0, until.timeIntervalSince(sent)))
    }
}

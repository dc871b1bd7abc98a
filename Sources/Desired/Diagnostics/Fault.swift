import YAML

/// Where something stands: in which file, and there.
struct Place: Hashable, Comparable {
    /// The file's number in the order of loading.
    var file: Int
    var position: Position
    var width: Int

    static func < (left: Place, right: Place) -> Bool {
        (left.file, left.position, left.width) < (right.file, right.position, right.width)
    }
}

/// What is wrong, before the source line is fetched for it.
struct Fault: Hashable {
    var place: Place
    var message: String
    var hint: String?
    var severity: Diagnostic.Severity

    init(_ message: String, at place: Place, hint: String? = nil, severity: Diagnostic.Severity = .error) {
        self.severity = severity
        self.place = place
        self.message = message.shortened(to: 400)
        self.hint = hint?.shortened(to: 400)
    }
}

extension String {
    /// The text, cut where a hostile manifest would flood the terminal.
    func shortened(to limit: Int = 80) -> String {
        guard utf8.count > limit else { return self }
        let head = unicodeScalars.prefix(limit)
        return head.endIndex == unicodeScalars.endIndex ? self : String(head) + "…"
    }

    /// The text in quotes, for messages.
    var quoted: String { "'\(shortened())'" }
}

/// A file in the form of `~/.aws/config`: sections in brackets, `name = value` below them.
///
/// Read as botocore does: names in lower case, `=` or `:` between name and value, comments on lines of their own, and
/// indented lines that go on with the value above, where a value that begins empty holds `name = value` lines.
struct ConfigFile: Sendable {
    /// A value, or one level of values below it. It may be a secret, and prints as one.
    enum Entry: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        case text(String)
        case table([String: String])

        /// The text, where it is one.
        var text: String? { if case .text(let text) = self { text } else { nil } }

        /// Three dots, whatever it is.
        var description: String { "•••" }
        /// Three dots as well.
        var debugDescription: String { "•••" }
        /// A mirror without a child, so that `dump` finds nothing.
        var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .enum) }
    }

    /// The sections by the name in brackets.
    var sections: [String: [String: Entry]] = [:]

    /// An empty one.
    init() {}

    /// Reads a file's content.
    init(_ content: String) throws(ConfigFileError) {
        var lines = Lines()
        for (index, line) in content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            try lines.take(line, number: index + 1)
        }
        sections = try lines.finish()
    }

    private struct Lines {
        private var sections: [String: [String: Entry]] = [:]
        private var section: String?
        private var open: (name: String, indent: Int, lines: [String], number: Int)?

        mutating func take(_ line: Substring, number: Int) throws(ConfigFileError) {
            let text = line.trimmed
            if text.hasPrefix("#") || text.hasPrefix(";") { return }
            if text.isEmpty {
                // A blank line belongs to the value above, where that goes on behind it.
                open?.lines.append("")
                return
            }
            let indent = line.prefix { $0.isWhitespace }.count
            if let option = open, indent > option.indent {
                open?.lines.append(String(text))
                return
            }
            try close()
            if text.hasPrefix("["), let end = text.lastIndex(of: "]") {
                try begin(String(text[text.index(after: text.startIndex)..<end]), number)
                return
            }
            guard let mark = text.firstIndex(where: { $0 == "=" || $0 == ":" }), mark != text.startIndex,
                section != nil
            else { throw ConfigFileError(line: number, what: "it is neither a section nor name = value") }
            let value = String(text[text.index(after: mark)...].trimmed)
            open = (text[..<mark].trimmed.lowercased(), indent, [value], number)
        }

        mutating func finish() throws(ConfigFileError) -> [String: [String: Entry]] {
            try close()
            return sections
        }

        private mutating func begin(_ name: String, _ number: Int) throws(ConfigFileError) {
            guard !name.isEmpty, sections[name] == nil else {
                throw ConfigFileError(
                    line: number, what: name.isEmpty ? "the section has no name" : "the section stands twice")
            }
            sections[name] = [:]
            section = name
        }

        private mutating func close() throws(ConfigFileError) {
            guard let open, let section else { return }
            self.open = nil
            guard sections[section]?[open.name] == nil else {
                throw ConfigFileError(line: open.number, what: "the name stands twice in its section")
            }
            sections[section]?[open.name] = try Self.entry(open.lines, open.number)
        }

        private static func entry(_ lines: [String], _ number: Int) throws(ConfigFileError) -> Entry {
            let lines = lines[...(lines.lastIndex { !$0.isEmpty } ?? 0)]
            guard lines.count > 1, lines[0].isEmpty else {
                return .text(lines.joined(separator: "\n"))
            }
            var table: [String: String] = [:]
            for line in lines where !line.isEmpty {
                guard let mark = line.firstIndex(of: "=") else {
                    throw ConfigFileError(line: number, what: "below it, a line is not name = value")
                }
                table[String(line[..<mark].trimmed)] = String(line[line.index(after: mark)...].trimmed)
            }
            return .table(table)
        }
    }
}

/// Where a file is not of the form; its content is not repeated, since it may be a secret.
struct ConfigFileError: Error, Hashable, CustomStringConvertible {
    /// The line, from 1.
    var line: Int
    /// What is wrong with it.
    var what: String

    var description: String { "line \(line): \(what)" }
}

extension Substring {
    /// Without blanks at its ends.
    var trimmed: Substring {
        let front = drop { $0.isWhitespace }
        return front[
            ..<(front.lastIndex { !$0.isWhitespace }.map { front.index(after: $0) } ?? front.startIndex)]
    }
}

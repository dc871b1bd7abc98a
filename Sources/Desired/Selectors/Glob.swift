/// A pattern for whole names: `*` stands for any run of characters but `/`, `**` for any run, `?` for one
/// character but `/`; all else, `[` too, stands for itself. As in gitignore, `**/x` also matches `x`, and
/// `team/**` matches what is below `team`, not `team` itself.
public struct Glob: Sendable, Hashable, CustomStringConvertible {
    /// The pattern, as written.
    public let description: String
    /// What stands before the first wildcard; most names are told apart by it alone.
    private let prefix: String
    private let tokens: [Token]

    /// Reads a pattern.
    public init(_ text: String) {
        let all = Self.tokens(of: Array(text.unicodeScalars))
        var prefix = String.UnicodeScalarView()
        for case .literal(let scalar) in all.prefix(while: \.isLiteral) { prefix.append(scalar) }
        description = text
        tokens = Array(all.dropFirst(prefix.count))
        self.prefix = String(prefix)
    }

    /// It holds no wildcard, so it is one name.
    public var isLiteral: Bool { tokens.isEmpty }

    /// The one name that it is, where it holds no wildcard.
    public var literal: String? { isLiteral ? description : nil }

    /// Tells whether a whole name fits, in time linear in the name (times the length of the pattern).
    public func matches(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.starts(with: prefix.utf8) else { return false }
        let rest = bytes.index(bytes.startIndex, offsetBy: prefix.utf8.count)
        if isLiteral { return rest == bytes.endIndex }
        if tokens == [.deepRun] { return true }
        if tokens == [.run] { return !bytes[rest...].contains(UInt8(ascii: "/")) }
        return matchesTokens(text.unicodeScalars[rest...])
    }

    /// Follows all readings at once: `row[n]` is true while the first `n` tokens fit what was read so far.
    private func matchesTokens(_ text: Substring.UnicodeScalarView) -> Bool {
        var row = [Bool](repeating: false, count: tokens.count + 1)
        row[0] = true
        for (index, token) in tokens.enumerated() { row[index + 1] = skips(token, at: index, in: row) }
        for scalar in text {
            var before = row[0]
            row[0] = false
            for (index, token) in tokens.enumerated() {
                let held = row[index + 1]
                let taken =
                    switch token {
                    case .literal(let wanted): before && scalar == wanted
                    case .one: before && scalar != "/"
                    case .run: held && scalar != "/"
                    case .deepRun: held
                    case .folderEnd: before && scalar == "/"
                    }
                row[index + 1] = taken || skips(token, at: index, in: row)
                before = held
            }
        }
        return row[tokens.count]
    }

    /// Tells whether a token can stand for nothing here.
    private func skips(_ token: Token, at index: Int, in row: [Bool]) -> Bool {
        switch token {
        case .literal, .one: false
        case .run, .deepRun: row[index]
        case .folderEnd: row[index - 1]
        }
    }

    private static func tokens(of text: [Unicode.Scalar]) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        while index < text.count {
            let stars = text[index...].prefix { $0 == "*" }.count
            let next = index + stars
            if stars >= 2 {
                let isFolder =
                    next < text.count && text[next] == "/" && (index == 0 || text[index - 1] == "/")
                tokens += isFolder ? [.deepRun, .folderEnd] : [.deepRun]
                index = isFolder ? next + 1 : next
            } else {
                tokens.append(text[index] == "*" ? .run : text[index] == "?" ? .one : .literal(text[index]))
                index += 1
            }
        }
        return tokens
    }

    private enum Token: Sendable, Hashable {
        case literal(Unicode.Scalar)
        case one
        case run
        case deepRun
        /// The `/` of `**/`, which together may stand for nothing.
        case folderEnd

        var isLiteral: Bool { if case .literal = self { true } else { false } }
    }
}

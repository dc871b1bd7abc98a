/// Reads one `WWW-Authenticate` field. It always comes to an end: every turn of its loop consumes a byte.
struct ChallengeParser {
    static let mostChallenges = 32
    static let mostParameters = 32
    static let mostBytes = 16 << 10

    private let bytes: [UInt8]
    private var position = 0

    /// Bytes beyond a bound that no honest field reaches are not looked at.
    init(_ field: String) {
        bytes = Array(field.utf8.prefix(Self.mostBytes))
    }

    /// `challenge = scheme [ 1*SP ( token68 / #auth-param ) ]`, separated by commas, as the parameters are.
    mutating func challenges() -> [Challenge] {
        var found: [Challenge] = []
        while true {
            skip { Self.isSpace($0) || $0 == UInt8(ascii: ",") }
            guard position < bytes.count, found.count < Self.mostChallenges else { return found }
            let word = take(while: Self.isToken)
            guard !word.isEmpty else {
                skipToComma()
                continue
            }
            if let value = parameterValue() {
                if let last = found.indices.last { Self.add(word, value, to: &found[last]) }
            } else {
                found.append(Challenge(scheme: word))
                skipToken68()
            }
        }
    }

    private static func add(_ name: String, _ value: String, to challenge: inout Challenge) {
        let name = name.lowercased()
        guard challenge.parameters[name] == nil, challenge.parameters.count < mostParameters else { return }
        challenge.parameters[name] = value
    }

    /// The value, where an `=` comes next; else nothing is consumed.
    private mutating func parameterValue() -> String? {
        let start = position
        skip(Self.isSpace)
        guard consume(UInt8(ascii: "=")) else {
            position = start
            return nil
        }
        skip(Self.isSpace)
        if consume(UInt8(ascii: "\"")) { return quoted() }
        // Some servers leave a URL unquoted, so that more than a token is read here.
        return take { !Self.isSpace($0) && $0 != UInt8(ascii: ",") }
    }

    /// The text up to the closing quote; one that never closes goes to the end.
    private mutating func quoted() -> String {
        var text: [UInt8] = []
        while position < bytes.count, !consume(UInt8(ascii: "\"")) {
            if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
            text.append(bytes[position])
            position += 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Passes over the token68 after a scheme, which a comma or the end must follow; else nothing is consumed.
    private mutating func skipToken68() {
        let start = position
        skip(Self.isSpace)
        guard position > start else { return }
        let word = take(while: Self.isToken68) + take { $0 == UInt8(ascii: "=") }
        skip(Self.isSpace)
        let isWhole = position == bytes.count || bytes[position] == UInt8(ascii: ",")
        if !isWhole || word.isEmpty || word.hasPrefix("=") { position = start }
    }

    private mutating func consume(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skip(_ isSkipped: (UInt8) -> Bool) {
        while position < bytes.count, isSkipped(bytes[position]) { position += 1 }
    }

    private mutating func take(while isTaken: (UInt8) -> Bool) -> String {
        let start = position
        skip(isTaken)
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Passes over what can't be read, quoted strings as a whole.
    private mutating func skipToComma() {
        while position < bytes.count, bytes[position] != UInt8(ascii: ",") {
            if consume(UInt8(ascii: "\"")) { _ = quoted() } else { position += 1 }
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    private static func isToken68(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "-._~+/".utf8.contains(byte)
    }
}

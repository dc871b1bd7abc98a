/// One value, as text and as what the text means in YAML's core schema (1.2, chapter 10.3): `no` and `on` are
/// texts.
public struct Scalar: Sendable, Hashable {
    /// The text, quotes and escapes undone.
    public var text: String
    /// It stands without quotes and is no block, so that it may mean a number, a truth value or nothing.
    public var isPlain: Bool
    /// How many quotes stand before the text, where its characters stand in the file one for one; else `nil`.
    var leadingQuotes: Int?

    /// What a scalar can mean.
    public enum Meaning: Sendable, Hashable {
        /// Nothing: an empty value, `~` or `null`.
        case null
        /// `true` or `false`.
        case bool(Bool)
        /// A whole number: decimal, `0o17` or `0x1F`.
        case int(Int)
        /// Any other number.
        case float(Double)
        /// A text.
        case string(String)
    }

    /// What the text means.
    public var meaning: Meaning {
        guard isPlain else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".nan", ".NaN", ".NAN": return .float(.nan)
        default: return number ?? .string(text)
        }
    }

    /// The whole number that it is: `3`, and `3.0` too, since to YAML's readers both are one number.
    public var wholeNumber: Int? {
        switch meaning {
        case .int(let number): number
        case .float(let number): Int(exactly: number)
        default: nil
        }
    }

    private var number: Meaning? {
        if text.hasPrefix("0o") { return Self.digits(text.dropFirst(2), radix: 8) }
        if text.hasPrefix("0x") { return Self.digits(text.dropFirst(2), radix: 16) }
        let bare = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        if [".inf", ".Inf", ".INF"].contains(bare) {
            return .float(text.first == "-" ? -.infinity : .infinity)
        }
        guard Self.isDecimal(bare.utf8) else { return nil }
        return Int(text).map(Meaning.int) ?? Double(text).map(Meaning.float)
    }

    private static func digits(_ text: Substring, radix: Int) -> Meaning? {
        guard let first = text.first, first != "-", first != "+" else { return nil }
        if let value = Int(text, radix: radix) { return .int(value) }
        return text.allSatisfy { $0.isASCII && $0.hexDigitValue.map { $0 < radix } == true }
            ? .float(.infinity) : nil
    }

    /// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private static func isDecimal(_ bytes: Substring.UTF8View) -> Bool {
        var rest = bytes
        func skipDigits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        var digits = skipDigits()
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            digits += skipDigits()
        }
        guard digits > 0 else { return false }
        guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return rest.isEmpty }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return skipDigits() > 0 && rest.isEmpty
    }
}

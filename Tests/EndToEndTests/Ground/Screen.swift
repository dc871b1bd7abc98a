/// What a person sees after all that was written to a terminal: its rows, long scrolled ones among them.
struct Screen {
    private(set) var rows: [[Character]] = [[]]
    private var (row, column) = (0, 0)
    private let width: Int
    /// Codes that are not known here.
    private(set) var unknown: [String] = []

    init(_ text: String, width: Int = 80) {
        self.width = width
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": column = 0
            case "\n": down()
            case "\u{1B}": obey(&rest)
            default: put(Character(scalar))
            }
        }
    }

    /// The rows as text, without blanks at their ends, and without empty ones at the end.
    var text: String {
        var lines = rows.map { String($0).trimmed }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }

    private mutating func down() {
        row += 1
        if row == rows.count { rows.append([]) }
    }

    private mutating func put(_ character: Character) {
        if column == width {
            column = 0
            down()
        }
        while rows[row].count <= column { rows[row].append(" ") }
        rows[row][column] = character
        column += 1
    }

    /// `ESC [ number letter`
    private mutating func obey(_ rest: inout Substring.UnicodeScalarView) {
        guard rest.popFirst() == "[" else { return unknown.append("ESC") }
        var digits = ""
        while let next = rest.first, ("0"..."9").contains(next) || next == ";" {
            digits.unicodeScalars.append(next)
            rest.removeFirst()
        }
        switch rest.popFirst() {
        case "A": row = max(0, row - max(1, Int(digits) ?? 1))
        case "J" where digits.isEmpty:
            rows[row] = Array(rows[row].prefix(column))
            rows.removeLast(rows.count - row - 1)
        case "m": break
        case let other: unknown.append("\(digits)\(other.map { "\($0)" } ?? "")")
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

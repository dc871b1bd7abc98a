/// Cuts a list at its commas. Line ends, blanks and the two characters `\n` are left out wherever they stand, as the
/// Data Replication Hub left them out; tabs too, which it did not.
struct ListScanner {
    private let scalars: String.UnicodeScalarView
    private var index: String.UnicodeScalarView.Index
    private var here = ListSpot(item: 1, character: 1, line: 1, column: 1)

    private var text = String.UnicodeScalarView()
    private var start: ListSpot?
    private var ended: ListSpot?
    private var lineBreak: ListSpot?
    private var tab: ListSpot?
    private var isAtEnd = false

    init(_ text: String) {
        // A mark of the encoding is no part of the text, and editors show none.
        let all = text.unicodeScalars
        scalars = all.first == "\u{FEFF}" ? String.UnicodeScalarView(all.dropFirst()) : all
        index = scalars.startIndex
    }

    /// The next item; `nil` behind the last one.
    mutating func next() -> ListItem? {
        guard !isAtEnd else { return nil }
        while index < scalars.endIndex {
            let scalar = scalars[index]
            if scalar == "," {
                let item = finish(isLast: false)
                advance()
                here.item += 1
                return item
            }
            take(scalar)
        }
        isAtEnd = true
        return finish(isLast: true)
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\r", "\n": note(&ended)
        case " ": break
        case "\t": note(&tab)
        case "\\" where follows("n"):
            note(&ended)
            advance()
        default: keep(scalar)
        }
        advance()
    }

    private mutating func keep(_ scalar: Unicode.Scalar) {
        if start == nil {
            start = here
            ended = nil
        }
        // A line that ends behind an item is how lists are written; inside one, a comma may be missing.
        if let ended, lineBreak == nil { lineBreak = ended }
        if let first = start, first.line == here.line { start?.width = here.column - first.column + 1 }
        text.append(scalar)
    }

    private mutating func finish(isLast: Bool) -> ListItem {
        defer {
            text = String.UnicodeScalarView()
            (start, ended, lineBreak, tab) = (nil, nil, nil, nil)
        }
        return ListItem(
            text: String(text), spot: start ?? here, lineBreak: lineBreak, tab: tab, isLast: isLast)
    }

    private func note(_ spot: inout ListSpot?) { if spot == nil { spot = here } }

    private func follows(_ scalar: Unicode.Scalar) -> Bool {
        let next = scalars.index(after: index)
        return next < scalars.endIndex && scalars[next] == scalar
    }

    /// Lines end where the lines of other texts do that faults are shown in.
    private mutating func advance() {
        let scalar = scalars[index]
        scalars.formIndex(after: &index)
        here.character += 1
        here.column += 1
        let isPair = scalar == "\r" && index < scalars.endIndex && scalars[index] == "\n"
        guard !isPair, Self.lineEnds.contains(scalar) else { return }
        here.line += 1
        here.column = 1
    }

    private static let lineEnds: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
}

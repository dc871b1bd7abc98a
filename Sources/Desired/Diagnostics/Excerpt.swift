/// The part of a source line that is shown: a long line is cut around the place in question.
struct Excerpt {
    var text: String
    /// Blanks up to the place.
    var indent: String
    /// The underline, `^~~~`.
    var marks: String

    private static let limit = 160

    init(of line: String, column: Int, width: Int) {
        let characters = Array(line.unicodeScalars)
        let place = max(0, min(column - 1, characters.count))
        let start =
            characters.count <= Self.limit ? 0 : max(0, min(place - 40, characters.count - Self.limit))
        let end = min(characters.count, start + Self.limit)
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: characters[start..<end])
        let cutBefore = start > 0 ? "…" : ""
        text = cutBefore + String(shown) + (end < characters.count ? "…" : "")
        indent = String(repeating: " ", count: cutBefore.count + place - start)
        marks = "^" + String(repeating: "~", count: max(1, min(width, end - place)) - 1)
    }
}

extension String {
    /// The text with everything that could steer a terminal made visible as one character each.
    var printable: String {
        var shown = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar == "\t": shown.append(" ")
            case .control, .format, .lineSeparator, .paragraphSeparator: shown.append("\u{FFFD}")
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }
}

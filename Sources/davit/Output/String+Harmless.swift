extension String {
    /// The text in one line, with everything that could steer a terminal made visible as one character each.
    var harmless: String { harmless { _ in false } }

    /// The same for a text of several lines, before which nothing but our own colours is let through.
    func harmless(keepingColors: Bool) -> String {
        guard keepingColors else { return harmless { $0 == "\n" } }
        // Every piece but the first stands behind an escape character.
        let pieces = split(separator: Character("\u{1B}"), omittingEmptySubsequences: false)
        var shown = String(pieces[0]).harmless(keepingColors: false)
        for piece in pieces.dropFirst() {
            let isOurs = Console.Color.codes.contains { piece.hasPrefix($0) }
            shown += (isOurs ? "\u{1B}" : "\u{FFFD}") + String(piece).harmless(keepingColors: false)
        }
        return shown
    }

    private func harmless(except isKept: (Unicode.Scalar) -> Bool) -> String {
        guard unicodeScalars.contains(where: { $0.steersTerminals && !isKept($0) }) else { return self }
        var shown = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            shown.append(scalar.steersTerminals && !isKept(scalar) ? "\u{FFFD}" : scalar)
        }
        return String(shown)
    }
}

extension Unicode.Scalar {
    /// True of controls, of marks that turn the direction of writing, and of line ends.
    var steersTerminals: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

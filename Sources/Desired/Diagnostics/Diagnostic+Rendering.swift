extension Diagnostic {
    /// The text for people: place and message, the source line with its underline, and the hint.
    public func rendered(color: Bool) -> String {
        let tint = severity == .error ? "31" : "35"
        func paint(_ text: String, _ code: String) -> String {
            color ? "\u{1B}[\(code)m\(text.printable)\u{1B}[0m" : text.printable
        }
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        var lines = [
            paint("\(place):", "1") + " " + paint("\(severity.rawValue):", "1;\(tint)") + " "
                + paint(message, "1")
        ]
        if let sourceLine {
            let excerpt = Excerpt(of: sourceLine, column: column, width: width)
            let number = String(line)
            let margin = String(repeating: " ", count: max(5, number.count))
            lines.append("\(margin.dropLast(number.count))\(number) | \(excerpt.text.printable)")
            lines.append("\(margin) | \(excerpt.indent)\(paint(excerpt.marks, tint))")
        }
        if let hint { lines.append("      hint: \(hint.printable)") }
        return lines.joined(separator: "\n")
    }
}

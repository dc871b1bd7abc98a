import YAML

/// One text that was read, kept to show the lines that faults stand in.
struct SourceFile {
    /// The name that people know it by.
    let name: String
    let bytes: [UInt8]
    /// Where its relative paths begin, and how far they may lead.
    let access: FileAccess

    /// The lines, cut where the parser counts them: at `\n`, `\r`, `\r\n` and the line ends of Unicode.
    func lines() -> [Substring.UnicodeScalarView] {
        let ends: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let scalars = String(decoding: bytes.dropFirst(hasMark ? 3 : 0), as: UTF8.self).unicodeScalars
        var lines: [Substring.UnicodeScalarView] = []
        var start = scalars.startIndex
        var index = start
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let end = index
            scalars.formIndex(after: &index)
            guard ends.contains(scalar) else { continue }
            if scalar == "\r", index < scalars.endIndex, scalars[index] == "\n" {
                scalars.formIndex(after: &index)
            }
            lines.append(scalars[start..<end])
            start = index
        }
        lines.append(scalars[start...])
        return lines
    }
}

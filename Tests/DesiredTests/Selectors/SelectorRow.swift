import Foundation
import Testing

/// One row of the table in `manifests/SELECTORS.md`.
struct SelectorRow: Sendable {
    var selector: String
    var tag: String
    var answer: String
    var why: String

    /// The rows, grouped by selector: each group is one registry's list.
    static func groups(file: String = #filePath) throws -> [[SelectorRow]] {
        let root = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("../../..")
        let page = try String(
            contentsOf: root.appendingPathComponent("manifests/SELECTORS.md"), encoding: .utf8)
        let heading = "| selector | tag | answer | why |"
        var groups: [[SelectorRow]] = []
        for line in page.split(separator: "\n").drop(while: { $0 != heading }).dropFirst(2) {
            let cells = cells(of: line)
            try #require(cells.count == 4, "\(line)")
            let row = SelectorRow(selector: cells[0], tag: cells[1], answer: cells[2], why: cells[3])
            if groups.last?.first?.selector == row.selector {
                groups[groups.count - 1].append(row)
            } else {
                groups.append([row])
            }
        }
        return groups
    }

    /// The cells of a line, without the code marks around them; `\|` is a `|` in a cell.
    private static func cells(of line: Substring) -> [String] {
        line.replacingOccurrences(of: "\\|", with: "\u{0}").split(separator: "|").map { cell in
            cell.trimmingCharacters(in: .whitespaces).trimmingCharacters(in: ["`"])
                .replacingOccurrences(of: "\u{0}", with: "|")
        }
    }
}

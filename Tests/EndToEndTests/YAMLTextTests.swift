import Lab
import Testing
import YAML

@testable import davit

@Suite("Values as YAML") struct YAMLTextTests {
    private static let hostile = [
        "", " ", "a", "team/app", "~", "null", "True", "no", "On", "y", "1", "012", "0x1F", "1e3", "-1",
        ".inf", "-",
        "- a", "a: b", "a:", ":", "#", "a #b", "&a", "*a", "!a", "%a", "@a", "`a", "|", ">", "{", "}", "[a]",
        "a,b",
        "?", "'", "''", "\"", "\\", "\\n", "\n", "a\n", "\r\n", "\t", "\u{0}", "\u{7}", "\u{1B}[31m",
        "\u{7F}", "\u{85}",
        "\u{A0}", "\u{FEFF}", "\u{2028}", "\u{200E}", "\u{E000}", "\u{FFFD}", "\u{FFFE}", "\u{1F600}", "é",
        "e\u{301}", "---", "...", "<<", "=", "null ", "yes\n",
    ]

    /// What a text is once it was written and read again.
    private func read(_ text: String) -> String? {
        let yaml = "key: { in: [\(YAMLText.scalar(text)), \(YAMLText.scalar(text))], then: x }\n"
        let stream = YAMLStream(reading: Array(yaml.utf8))
        guard stream.faults.isEmpty, case .mapping(let entries)? = stream.documents.first?.content,
            case .mapping(let inner) = entries[0].value.content, inner.count == 2,
            case .sequence(let values) = inner[0].value.content, values.count == 2,
            case .scalar(let scalar) = values[0].content, case .string = scalar.meaning
        else { return nil }
        return scalar.text
    }

    @Test("are read back as texts, and as they were", arguments: hostile)
    func roundTrip(text: String) {
        let back = read(text)
        #expect(
            back.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars), "\(YAMLText.scalar(text))")
    }

    @Test("so are ten thousand made at random")
    func random() {
        var random = Random(seed: 4)
        let parts = Self.hostile + ["${", "$$", "{", "A"]
        for _ in 0..<10_000 {
            let text = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                parts[Int.random(in: 0..<parts.count, using: &random)]
            }.joined()
            guard !text.contains("${") else { continue }
            let back = read(text)
            #expect(
                back.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars),
                "\(YAMLText.scalar(text))")
        }
    }

    @Test("what davit would fill in is written so that it stays")
    func variables() {
        #expect(read("${HOME}") == "$${HOME}")
        #expect(read("$${HOME}") == "$$${HOME}")
    }

    @Test("a comment is one line of plain ASCII", arguments: hostile)
    func comment(text: String) {
        let comment = YAMLText.comment(text + "\nspec: 1")
        #expect(comment.unicodeScalars.allSatisfy { ("\u{20}"..."\u{7E}").contains($0) || $0 == "\u{FFFD}" })
    }
}

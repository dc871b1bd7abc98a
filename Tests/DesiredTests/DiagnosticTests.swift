import Foundation
import Testing

@testable import Desired

@Suite("Diagnostic") struct DiagnosticTests {
    private let diagnostic = Diagnostic(
        file: "manifests/web.yaml", line: 7, column: 15, width: 8, message: "'latest-*' is no tag",
        sourceLine: "      pins: { latest-*: sha256:… }",
        hint: "'pins' wants whole tags; use 'include: [latest-*]' for a pattern")

    @Test("looks like a compiler's")
    func plain() {
        #expect(
            diagnostic.rendered(color: false) == """
                manifests/web.yaml:7:15: error: 'latest-*' is no tag
                    7 |       pins: { latest-*: sha256:… }
                      |               ^~~~~~~~
                      hint: 'pins' wants whole tags; use 'include: [latest-*]' for a pattern
                """)
    }

    @Test("has colour where it is asked for, and then alone")
    func color() {
        #expect(diagnostic.rendered(color: true).contains("\u{1B}[1;31merror:\u{1B}[0m"))
        #expect(!diagnostic.rendered(color: false).contains("\u{1B}"))
    }

    @Test("a long line is cut around the place")
    func long() {
        var long = diagnostic
        long.sourceLine = String(repeating: "x", count: 500) + "HERE" + String(repeating: "y", count: 500)
        long.column = 501
        long.width = 4
        let lines = long.rendered(color: false).split(separator: "\n")
        #expect(lines[1].count < 180)
        let mark = lines[2].firstIndex(of: "^").map { lines[2].distance(from: lines[2].startIndex, to: $0) }
        let text = lines[1].range(of: "HERE").map {
            lines[1].distance(from: lines[1].startIndex, to: $0.lowerBound)
        }
        #expect(mark == text && lines[2].hasSuffix("^~~~"))
    }

    @Test("a place without a line has no source")
    func whole() {
        let diagnostic = Diagnostic(severity: .warning, file: "m", message: "it is odd")
        #expect(diagnostic.rendered(color: false) == "m: warning: it is odd")
    }
}

@Suite("Suggestion") struct SuggestionTests {
    @Test(
        "finds the word that was meant, or none",
        arguments: [
            ("credental", "credential"), ("Registri", nil), ("hots", "host"), ("tsl", "tls"),
            ("HOST", "host"),
            ("x", nil), ("", nil), (String(repeating: "credential", count: 20), nil),
        ] as [(String, String?)])
    func nearest(word: String, expected: String?) {
        #expect(
            Suggestion.nearest(to: word, among: ["credential", "credentials", "host", "tls"]) == expected)
    }
}

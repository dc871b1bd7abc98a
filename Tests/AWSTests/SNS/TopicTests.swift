import AWS
import Lab
import Registry
import Testing

@Suite("Topics") struct TopicTests {
    @Test(
        "a subject is one short line of ASCII",
        arguments: [
            ("davit: 2 images failed", "davit: 2 images failed"), ("a\nb\tc", "a?b?c"), ("grün", "gr?n"),
            ("", "davit"), ("   ", "davit"), ("  x", "x"),
            (String(repeating: "x", count: 200), String(repeating: "x", count: 99)),
        ])
    func subject(text: String, expected: String) { #expect(Topic.subject(text) == expected) }

    @Test("a message is cut between characters, with a count of what is left out", arguments: 40...60)
    func bounded(limit: Int) throws {
        let whole = String(repeating: "ü€", count: 30)
        let cut = Topic.bounded(whole, to: limit)
        #expect(cut.utf8.count <= limit)
        let parts = try #require(cut.firstMatch(of: /^([ü€]*)\n… ([0-9]+) bytes are left out$/))
        #expect(whole.hasPrefix(parts.1) && Int(parts.2) == whole.utf8.count - parts.1.utf8.count)
        #expect(Topic.bounded(whole, to: 150) == whole)
    }
}

import Foundation
import Testing

@testable import Desired

/// Every fixture with what it prints. `DAVIT_RECORD=1` writes the goldens anew.
@Suite("Goldens") struct GoldenTests {
    @Test("a bad structure is told", arguments: Fixtures.names(in: "bad-structure"))
    func structure(name: String) throws { try compare("bad-structure/" + name) }

    @Test("a bad meaning is told", arguments: Fixtures.names(in: "bad-meaning"))
    func meaning(name: String) throws { try compare("bad-meaning/" + name) }

    @Test("a good manifest loads without a word", arguments: Fixtures.names(in: "good"))
    func good(name: String) {
        let report = Fixtures.report("good/" + name)
        #expect(report.text == "")
        #expect(report.result.state != nil)
    }

    @Test("there are enough of them")
    func count() {
        #expect(Fixtures.names(in: "bad-structure").count >= 25)
        #expect(Fixtures.names(in: "bad-meaning").count >= 15)
        #expect(Fixtures.names(in: "good").count >= 5)
    }

    private func compare(_ name: String) throws {
        let report = Fixtures.report(name)
        #expect(report.result.state == nil)
        let golden = URL(filePath: Fixtures.folder + "/" + name + ".expected")
        if ProcessInfo.processInfo.environment["DAVIT_RECORD"] == "1" {
            try report.text.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(report.text == (try? String(contentsOf: golden, encoding: .utf8)))
    }
}

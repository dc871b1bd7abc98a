import Desired
import Testing

@Suite("The table of selectors") struct SelectorTableTests {
    @Test("holds, row by row") func holds() throws {
        let groups = try SelectorRow.groups()
        #expect(groups.joined().count >= 60)
        for rows in groups {
            let selector = try SelectorReader.read(rows[0].selector)
            let tags = rows.map { $0.tag == "(empty)" ? "" : $0.tag }
            let decisions = selector.decide(tags)
            #expect(decisions.count == Set(tags).count)
            for (row, tag) in zip(rows, tags) {
                let decision = try #require(decisions.first { $0.tag == tag })
                let answer = decision.kept ? "kept" : "dropped"
                #expect(
                    "\(answer): \(decision.reason)" == "\(row.answer): \(row.why)",
                    "\(row.selector) on \(row.tag)")
            }
        }
    }

    @Test("has each selector once") func isGrouped() throws {
        let selectors = try SelectorRow.groups().map { $0[0].selector }
        #expect(Set(selectors).count == selectors.count)
    }
}

import Desired
import OCI
import Testing

import struct Lab.Random

@Suite("TagSelector") struct TagSelectorTests {
    @Test("lists tags in natural order, once each") func naturalOrder() {
        let decisions = TagSelector().decide(["v10", "v9", "v10", "latest", "v9-rc1"])
        #expect(decisions.map(\.tag) == ["latest", "v9", "v9-rc1", "v10"])
        #expect(Set(decisions.map(\.reason)) == ["all tags"])
        #expect(!decisions.map(\.kept).contains(false))
    }

    @Test("lists sorted tags first, in their order") func sortedOrder() throws {
        let tags = ["b-10", "b-9", "a-8", "x", "c-100"]
        let byNumber = TagSelector(matching: try Pattern("-(?<version>\\d+)$"), sortBy: .number)
        #expect(byNumber.decide(tags).map(\.tag) == ["a-8", "b-9", "b-10", "c-100", "x"])
        #expect(TagSelector(sortBy: .name).decide(tags).map(\.tag) == ["a-8", "b-10", "b-9", "c-100", "x"])
        let releases = TagSelector(sortBy: .semver).decide(["1.0", "1.0-rc.1", "latest", "1.0.0"])
        #expect(releases.map(\.tag) == ["1.0-rc.1", "1.0", "1.0.0", "latest"])
        #expect(!releases.map(\.kept).contains(false))
    }

    @Test("answers the same whatever the order of the list") func isDeterministic() {
        let tags = ["1.2", "1.2.0", "v1.2", "v1.2.0", "1.2.0_a", "1.1", "latest"]
        let selector = TagSelector(newest: 2)
        let wanted = selector.decide(tags)
        #expect(wanted.filter(\.kept).map(\.tag) == ["v1.2", "v1.2.0"])
        var random = Random(seed: 1)
        for _ in 0..<20 {
            let shuffled = tags.shuffled(using: &random)
            #expect(selector.decide(shuffled) == wanted)
        }
    }

    @Test("needs no list where names say it all") func literals() throws {
        let names = [Glob("3.18"), Glob("latest"), Glob("3.18")]
        #expect(TagSelector(include: names).literalTags == [try Tag("3.18"), try Tag("latest")])
        #expect(TagSelector(include: names, prereleases: true).literalTags != nil)
        let internalTag = "sha256-" + String(repeating: "a", count: 64)
        #expect(TagSelector(include: [Glob(internalTag), Glob("-x")]).literalTags == [])
    }

    @Test(
        "needs a list for anything else",
        arguments: [
            TagSelector(), TagSelector(include: [Glob("3.*")]),
            TagSelector(include: [Glob("a"), Glob("b?")]),
            TagSelector(include: [Glob("a")], exclude: [Glob("b")]),
            TagSelector(include: [Glob("a")], matching: try? Pattern("a")),
            TagSelector(include: [Glob("a")], semver: try? VersionRange("*")),
            TagSelector(include: [Glob("a")], sortBy: .name), TagSelector(include: [Glob("a")], newest: 1),
        ])
    func noLiterals(selector: TagSelector) {
        #expect(selector.literalTags == nil)
    }

    @Test(
        "counts in English",
        arguments: [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (23, "23rd")])
    func ordinals(rank: Int, text: String) {
        let decisions = TagSelector(newest: 30).decide((1...30).map { String($0) })
        #expect(decisions[30 - rank].reason == "newest 30: \(text)")
    }

    @Test("judges very many tags soon") func scales() throws {
        let tags = (0..<Scale.tags).map { "v1.\($0 % 1_000).\($0 / 1_000)-\($0 % 3 == 0 ? "alpine" : "rc1")" }
        let selector = TagSelector(
            include: [Glob("v1.*")], exclude: [Glob("*-rc*")],
            matching: try Pattern("^v(?<version>\\d+\\.\\d+\\.\\d+)-alpine$"),
            semver: try VersionRange(">=1.2"),
            newest: 5)
        var kept = 0
        let time = ContinuousClock().measure { kept = selector.decide(tags).filter(\.kept).count }
        #expect(kept == 5)
        #expect(time < Scale.bound)
    }
}

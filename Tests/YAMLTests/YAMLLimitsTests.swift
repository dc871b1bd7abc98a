import Testing

@testable import YAML

@Suite("YAMLLimits") struct YAMLLimitsTests {
    private func fault(_ text: String, limits: YAMLLimits = YAMLLimits()) -> String? {
        YAMLStream(reading: Array(text.utf8), limits: limits).faults.first?.message
    }

    @Test("a text that is too large is not read")
    func size() {
        var limits = YAMLLimits()
        limits.bytes = 1 << 20
        #expect(
            fault(String(repeating: "#", count: (1 << 20) + 1), limits: limits)
                == "the file has more than 1 MiB")
    }

    @Test("depth ends the reading", arguments: ["[", "{a: ", "- "])
    func depth(opening: String) {
        #expect(
            fault(String(repeating: opening, count: 65)) == "more than 64 collections stand inside each other"
        )
        #expect(fault(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) == nil)
    }

    @Test("depth counts through aliases")
    func aliasDepth() {
        var text = "a0: &a0 []\n"
        for level in 1...70 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(fault(text) == "more than 64 collections stand inside each other")
    }

    @Test("a billion laughs end at once")
    func laughs() {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(fault(text) == "the aliases up to here stand for more than 100000 values")
    }

    @Test("merge keys cost what they copy")
    func merges() {
        var text = "a0: &a0 {k0: 0}\n"
        for level in 1...2_000 { text += "a\(level): &a\(level) {<<: *a\(level - 1), k\(level): 0}\n" }
        #expect(fault(text) == "the aliases up to here stand for more than 100000 values")
    }

    @Test("nodes are counted")
    func nodes() {
        var limits = YAMLLimits()
        limits.nodes = 100
        #expect(
            fault("[" + String(repeating: "a,", count: 200) + "]", limits: limits)
                == "the file has more than 100 values")
    }

    @Test("no bytes make it crash")
    func noise() {
        var generator = SplitMix(state: 7)
        let alphabet =
            Array("[]{}:,-?&*!|>'\"%@` \n\tab0<#~.".utf8) + [0, 0x80, 0xC3, 0xEF, 0xBB, 0xBF, 0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int(generator.next() % 40)).map { _ in
                alphabet[Int(generator.next() % UInt64(alphabet.count))]
            }
            let stream = YAMLStream(reading: bytes)
            #expect(stream.isComplete || !stream.faults.isEmpty)
        }
    }
}

/// A small generator of the same numbers every time.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

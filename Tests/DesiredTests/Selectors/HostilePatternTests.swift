import Desired
import Testing

import struct Lab.Random

@Suite("Hostile patterns") struct HostilePatternTests {
    @Test(
        "are refused at once",
        arguments: [
            "((a{100}){100}){100}", "((((((((a{1000}){1000}){1000}){1000}){1000}){1000}){1000}){1000}){1000}",
            "(((){1000}){1000}){1000}", "(|){1000}{1000}", "(a|b|c|d|e|f|g|h){999}", "(.{0,1000}){0,1000}",
            String(repeating: "a", count: 1_001), String(repeating: "(", count: 101),
            String(repeating: "(", count: 500) + String(repeating: ")", count: 500),
            String(repeating: "(?:", count: 101) + "a" + String(repeating: ")", count: 101),
        ])
    func areRefused(pattern: String) {
        let time = ContinuousClock().measure {
            #expect(throws: PatternError.self) { try Pattern(pattern) }
        }
        #expect(time < .seconds(1))
    }

    @Test(
        "end soon on hostile tags",
        arguments: [
            "(a*)*(a*)*", "(a*)*(a*)*b", "(a|a)*b", "(a|aa)+$b", "^(a+)+b$", "(x+x+)+y", "(.*)*(.*)*(.*)*z",
            "a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaaab", "(a?){500}(a){500}b", "(.*){1,300}x",
            ".{0,999}b",
            "((((((((((a*)*)*)*)*)*)*)*)*)*)b", "(?P<version>(a|b)*)*c", "(a{0,30}){0,30}b", "[^b]{900}b",
        ])
    func endSoon(pattern: String) throws {
        let text = String(repeating: "a", count: 128)
        let time = try ContinuousClock().measure {
            _ = try Pattern(pattern).match(text)
        }
        // Milliseconds where it counts; this bound leaves room for unoptimised code on a busy machine.
        #expect(time < .seconds(3))
    }

    @Test("never crash, whatever they are made of") func survive() {
        let parts = [
            "a", "b", ".", "*", "+", "?", "{", "}", "{2}", "{1,3}", "{0,}", "(", ")", "(?:", "(?P<version>",
            "(?<n>",
            "[", "]", "[a-z]", "[^", "-", "^", "$", "|", "\\", "\\d", "\\W", "\\.", "(?i)", "1", ",", "é",
            "[:", "<", ">",
        ]
        var random = Random(seed: 42)
        var understood = 0
        for _ in 0..<6_000 {
            let text = (0..<Int.random(in: 1...12, using: &random))
                .map { _ in parts[Int.random(in: 0..<parts.count, using: &random)] }.joined()
            do throws(PatternError) {
                let pattern = try Pattern(text)
                understood += 1
                for tag in ["", "ab", "aab1.2-rc", "é{2}"] { _ = pattern.match(tag) }
            } catch {
                #expect((0...text.unicodeScalars.count).contains(error.offset))
                #expect(!error.description.isEmpty)
            }
        }
        #expect(understood > 500)
    }
}

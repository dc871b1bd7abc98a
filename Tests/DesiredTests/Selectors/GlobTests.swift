import Desired
import Testing

@Suite("Glob") struct GlobTests {
    @Test(
        "fits whole names",
        arguments: [
            ("*", "3.18"), ("3.*", "3.18.2"), ("*-rc*", "3.18-rc1"), ("3.?", "3.9"), ("", ""), ("a*", "a"),
            ("*a*a*", "aa"), ("team/*", "team/app"), ("team/**", "team/app"), ("team/**", "team/a/b/c"),
            ("**", "a/b/c"), ("**/app", "app"), ("**/app", "team/web/app"), ("team/**/app", "team/app"),
            ("team/**/app", "team/a/b/app"), ("team/a**z", "team/a/b/z"), ("***", "a/b"), ("[a]", "[a]"),
            ("{a,b}", "{a,b}"), ("a\\*", "a\\x"), ("?é", "éé"), ("**/*-dev", "a/b-dev"), ("*/*", "a/b"),
        ])
    func fits(glob: String, text: String) {
        #expect(Glob(glob).matches(text))
    }

    @Test(
        "fits nothing else",
        arguments: [
            ("*", "a/b"), ("3.*", "13.1"), ("3.*", "3"), ("3.?", "3.18"), ("3.?", "3."), ("", "a"),
            ("team/*", "team/a/b"), ("team/**", "team"), ("team/**", "teams/a"), ("a?b", "a/b"),
            ("**/app", "myapp"), ("**/app", "app/x"), ("team/**/app", "team/xapp"), ("[a]", "a"),
            ("*a*a*", "a"), ("V1", "v1"), ("a", "ab"), ("*b", "abc"), ("*/*", "a/b/c"),
        ])
    func refuses(glob: String, text: String) {
        #expect(!Glob(glob).matches(text))
    }

    @Test("knows names from patterns") func literals() {
        #expect(Glob("3.18").literal == "3.18")
        #expect(Glob("[a]").isLiteral)
        #expect(Glob("3.*").literal == nil)
        #expect(!Glob("3.?").isLiteral)
    }

    @Test("is not slowed down by hostile patterns") func isBounded() {
        let text = String(repeating: "a", count: 256)
        for glob in [String(repeating: "*a", count: 60) + "b", String(repeating: "**a/", count: 60)] {
            let time = ContinuousClock().measure { #expect(!Glob(glob).matches(text)) }
            #expect(time < .seconds(1))
        }
    }
}

import Desired
import Testing

@Suite("Pattern") struct PatternTests {
    @Test(
        "finds a match anywhere",
        arguments: [
            ("", "abc"), ("b", "abc"), ("^abc$", "abc"), ("a.c", "abc"), ("a|b", "xb"), ("^(a|b)+$", "abba"),
            ("^[a-c]+$", "abc"), ("^[^a-c]+$", "xyz"), ("^[]a]+$", "]a"), ("^[a-]+$", "a-"),
            ("^[-a]+$", "-a"),
            ("^[\\d-z]+$", "1-z"), ("^\\d{4}$", "2024"), ("^\\d{2,}$", "2024"), ("^\\d{2,3}$", "202"),
            ("^a{0}b$", "b"), ("^a{,3}$", "a{,3}"), ("^{$", "{"), ("^a{x}$", "a{x}"), ("^\\w+$", "a_1"),
            ("^\\W$", "-"), ("^\\D$", "a"), ("^\\S$", "a"), ("\\s", "a b"), ("^\\.\\+\\[\\/$", ".+[/"),
            ("(?i)^RC[a-b]$", "rcB"), ("(?i)[^x]", "Xy"), ("^(?:a)(b)(?P<n>c)$", "abc"), ("a*?b", "aab"),
            ("^(a*)*$", "aaa"), ("^(|a)*$", "aa"), ("^(a|b|)+$", "ab"), ("$^", ""), ("^*a", "ba"),
            ("^(a?){3}$", "aa"), ("^[\\]\\-]$", "-"), ("^.$", "é"), ("^[à-ü]$", "é"), ("^[^a]$", "é"),
            ("x*", ""), ("^(?:a{2}){3}$", "aaaaaa"), ("^[[.]$", "["), ("^}]$", "}]"), ("^\\_$", "_"),
        ])
    func finds(pattern: String, text: String) throws {
        #expect(try Pattern(pattern).match(text) != nil)
    }

    @Test(
        "finds none",
        arguments: [
            ("^b", "abc"), ("b$", "abc"), ("^a.c$", "ac"), (".", "\n"), ("^$", "a"), ("[a-c]", "xyz"),
            ("[^a-z]", "abc"), ("^\\d{4}$", "202"), ("^\\d{2,3}$", "2024"), ("^\\d{2,}$", "2"), ("RC", "rc"),
            ("a", ""), ("^(a|b)$", "ab"), ("a\\.c", "abc"), ("\\d", "abc"), ("[\\D]", "1"), ("(?i)[^x]", "X"),
            ("^(a*)*$", "aab"), ("a+", "b"), ("$a", "a"), ("a^", "a"), ("^(?:ab){2}$", "abaab"),
        ])
    func findsNone(pattern: String, text: String) throws {
        #expect(try Pattern(pattern).match(text) == nil)
    }

    @Test(
        "hands out the group named version",
        arguments: [
            ("^(?<version>\\d+\\.\\d+)-alpine$", "3.18-alpine", "3.18"),
            ("(?P<version>\\d+)", "a12b34", "12"),
            ("(?P<version>a|ab)(c|bcd)?", "abcd", "a"), ("(?P<version>ab|a)", "abc", "ab"),
            ("(?P<version>a+?)", "aaa", "a"), ("(?P<version>a+?)$", "aaa", "aaa"),
            ("a*(?P<version>a*)", "aa", ""),
            ("a*?(?P<version>a*)", "aa", "aa"), ("^(?P<version>\\d|a)+$", "1a2", "2"),
            ("(?P<version>.*)-(.*)", "1-2-3", "1-2"), ("(?P<version>.*?)-(.*)", "1-2-3", "1"),
            ("(?P<version>a{1,2}?)", "aa", "a"), ("(?P<version>a{1,2})", "aa", "aa"),
            ("(?i)(?<version>V\\d)", "xv1", "v1"), ("(?P<version>é+)", "xéé", "éé"),
            ("(?:(?P<version>a)|b)+", "ab", "a"), ("(?P<version>(a|ab)(c|bcd))", "abcd", "abcd"),
            ("(?P<version>(|a)*)b", "aab", "aa"),
        ])
    func captures(pattern: String, text: String, version: String) throws {
        let pattern = try Pattern(pattern)
        #expect(pattern.hasVersionGroup)
        #expect(pattern.match(text)?.version == version)
    }

    @Test("hands out nothing where the group took no part") func noCapture() throws {
        let match = try #require(try Pattern("(?P<version>a)|b").match("b"))
        #expect(match.version == nil)
        #expect(try Pattern("(?P<other>a)").match("a")?.version == nil)
        #expect(try !Pattern("(?P<other>a)").hasVersionGroup)
    }

    @Test(
        "says what is wrong and where",
        arguments: [
            ("a(b", 1, "never closed"), ("a)", 1, "closes no group"), ("[a", 0, "never closed"),
            ("[]", 0, "never"),
            ("*a", 0, "nothing before"), ("a|*", 2, "nothing before"), ("(+)", 1, "nothing before"),
            ("{2}", 0, "nothing before"), ("a**", 2, "repeat of a repeat"),
            ("a{2}{3}", 4, "repeat of a repeat"),
            ("a*+", 2, "possessive"), ("a++", 2, "possessive"), ("a{3,2}", 1, "ends before it begins"),
            ("a{1001}", 1, "at most 1000"), ("a{99999999999999999999}", 1, "at most 1000"),
            ("(a)\\1", 3, "back-references"), ("\\k<a>", 0, "back-references"),
            ("(?P=a)", 0, "back-references"),
            ("a(?=b)", 1, "lookaround"), ("a(?!b)", 1, "lookaround"), ("(?<=a)b", 0, "lookaround"),
            ("(?<!a)b", 0, "lookaround"), ("(?>a)", 0, "atomic"), ("\\p{L}", 0, "\\p{L}"),
            ("a\\", 1, "nothing behind"),
            ("\\b", 0, "not available"), ("[\\b]", 1, "not available"), ("[[:alpha:]]", 1, "[:alpha:]"),
            ("a(?i)b", 1, "flags"), ("(?s)a", 0, "flags"), ("(?<>a)", 3, "group's name"),
            ("(?<a-b>a)", 3, "group's"),
            ("(?<a>x)(?<a>y)", 10, "second group"), ("[z-a]", 1, "ends before"), ("(a", 0, "never closed"),
            ("[a-", 0, "never closed"), ("(?", 0, "flags"), ("[a-\\d]", 1, "end a range"),
        ])
    func refuses(pattern: String, offset: Int, text: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
        #expect(error?.offset == offset)
        #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
    }
}

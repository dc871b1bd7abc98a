import Desired
import Testing

@Suite("VersionRange") struct VersionRangeTests {
    @Test(
        "holds what lies in it, and nothing else",
        arguments: [
            ("*", "0 1 99.9.9", ""), ("x", "1.2.3", ""), ("1.2.3", "1.2.3 v1.2.3_x", "1.2.4 1.2.3.1"),
            ("=1.2.3", "1.2.3", "1.2.2"), ("1.2", "1.2 1.2.9", "1.3 1.1.9"), ("=1", "1.0 1.9.9", "2 0.9"),
            ("!=1.2.3", "1.2.2 1.2.4", "1.2.3"), ("!=1.2", "1.1 1.3", "1.2.5"),
            (">1.2.3", "1.2.4 1.2.3.1", "1.2.3"),
            (">1.2", "1.3 2", "1.2.9 1.1"), (">=3.18", "3.18 3.18.4 4", "3.17.9"),
            ("<1.2", "1.1.9", "1.2 1.2.1"),
            ("<=1.2", "1.2.9 1", "1.3"), ("<=1.2.3", "1.2.3", "1.2.4 1.2.3.1"),
            ("^1.2.3", "1.2.3 1.9", "1.2.2 2"),
            ("^1.2", "1.2 1.9", "2 1.1"), ("^1", "1 1.9.9", "2 0.9"), ("^0.2.3", "0.2.3 0.2.9", "0.3 0.2.2"),
            ("^0.0.3", "0.0.3", "0.0.4 0.0.2"), ("^0.0", "0.0.9", "0.1"), ("^0", "0.9.9", "1"),
            ("~1.2.3", "1.2.3 1.2.9", "1.3 1.2.2"), ("~1.2", "1.2.9", "1.3"), ("~1", "1.9", "2"),
            ("1.x", "1.0 1.9", "2"), ("1.2.*", "1.2.0 1.2.9", "1.3"), ("1.2.3.*", "1.2.3 1.2.3.9", "1.2.4"),
            ("1.X.X", "1.5", "2"), ("1.2 - 2.0", "1.2 2.0.9 1.9", "1.1 2.1"),
            ("1.2.3 - 2.0.0", "2", "2.0.1 1.2.2"),
            (">=1 <2", "1 1.9", "2 0.9"), (">=1,<2", "1.5", "2"), (">= 1, < 2", "1.5", "2"),
            ("1 || 3", "1.5 3.5", "2 4"), ("^1.2||~2.0", "1.3 2.0.5", "2.1"),
            (">=2024.01", "2024.01.15 2025", "2023.12"),
            (">=v1", "1", "0"), ("!=1.5 ^1", "1.4", "1.5.2 2"), ("1.2.3+x", "1.2.3", "1"),
            (" 1 ", "1.5", "2"),
        ])
    func holds(text: String, inside: String, outside: String) throws {
        let range = try VersionRange(text)
        for version in inside.split(separator: " ") {
            #expect(range.contains(try #require(Version(String(version))), prereleases: false), "\(version)")
        }
        for version in outside.split(separator: " ") {
            #expect(!range.contains(try #require(Version(String(version))), prereleases: false), "\(version)")
        }
    }

    @Test(
        "takes pre-releases where they count",
        arguments: [
            (">=1.2", "1.2.0-rc.1", true), (">=1.2.0", "1.2.0-rc.1", false), ("<1.2", "1.2.0-rc.1", false),
            ("<1.2.0", "1.2.0-rc.1", true), ("1.2.x", "1.2.0-rc.1", true), ("1.2.x", "1.3.0-rc.1", false),
            ("^1", "2.0.0-rc.1", false), ("~1.2", "1.3.0-0", false), ("<=1.2", "1.3.0-rc.1", false),
            (">1.2", "1.3.0-rc.1", true), (">=1.2.3-rc.2", "1.2.3-rc.10", true), ("*", "1-rc", true),
            ("=1.2.3-alpine", "1.2.3-alpine", true), ("1.2.3-rc.1", "1.2.3", false),
        ])
    func prereleases(text: String, version: String, answer: Bool) throws {
        let version = try #require(Version(version))
        #expect(try VersionRange(text).contains(version, prereleases: true) == answer)
        #expect(
            try VersionRange(text).contains(version, prereleases: false) == (answer && !version.isPrerelease))
    }

    @Test(
        "says what is wrong and where",
        arguments: [
            ("", 0, "missing"), ("  ", 2, "missing"), ("1 ||", 4, "missing"), ("|| 1", 0, "missing"),
            ("1 | 2", 2, "'||'"), (">=", 2, "no version behind"), (">= 1 <", 6, "no version behind"),
            ("latest", 0, "'latest' is no version"), ("=>1", 1, "'>1' is no version"),
            (">=1 <b", 5, "'b' is no"),
            ("1.x.3", 0, "no version"), ("1.x-rc", 0, "no version"), ("1.2-rc", 0, "no version"),
            (">*", 1, "leave out"),
            ("1 - ", 4, "end of the range"), ("1.2.3.4.5", 0, "no version"),
            ("1 - x9", 4, "'x9' is no version"),
            ("~>1.2", 1, "no version"), ("1.2.3.4.x", 0, "no version"),
            ("^99999999999999999999", 1, "no version"),
            (String(repeating: "1 ", count: 501), 1_000, "at most"),
        ])
    func refuses(text: String, offset: Int, part: String) {
        let error = #expect(throws: VersionRangeError.self) { try VersionRange(text) }
        #expect(error?.offset == offset)
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
}

import Desired
import Testing

@Suite("Version") struct VersionTests {
    @Test(
        "reads what tags call a version",
        arguments: [
            ("1", "1.0.0"), ("1.2", "1.2.0"), ("1.2.3", "1.2.3"), ("1.2.3.4", "1.2.3.4"), ("v1.2", "1.2.0"),
            ("V1", "1.0.0"), ("2024.01.15", "2024.1.15"), ("20240115", "20240115.0.0"),
            ("1.2.3-rc.1", "1.2.3-rc.1"),
            ("3.18-alpine", "3.18.0-alpine"), ("1.2.3+x", "1.2.3"), ("1.2.3_build.5", "1.2.3"),
            ("1.2.3-rc.1_5", "1.2.3-rc.1"), ("1.2.3-rc.007", "1.2.3-rc.7"), ("1.0.0--", "1.0.0--"),
            ("1.2.3-2024-01-15", "1.2.3-2024-01-15"), ("000000000000000000000000001", "1.0.0"),
            ("999999999999999999", "999999999999999999.0.0"), ("1-00", "1.0.0-0"),
        ])
    func reads(text: String, version: String) throws {
        #expect(try #require(Version(text)).description == version)
    }

    @Test(
        "knows what is none",
        arguments: [
            "", "v", "latest", "vv1", "1.", ".1", "1..2", "1.2.3.4.5", "1.2.3-", "1.2.3-rc..1", "1.2.3_",
            "1.2.3+",
            "1.2.3rc1", "1.x", "a1", "1.2.3-é", "1 ", "-1", "+1", "1000000000000000000", "1.2.3+a!",
            "99999999999999999999999999999999", "sha256-abc", "7e5f3c1", "1,2",
        ])
    func refuses(text: String) {
        #expect(Version(text) == nil)
    }

    @Test("orders by SemVer's precedence") func orders() throws {
        let sorted = [
            "0.9", "1.0.0-0", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-99999999999999999999999", "1.0.0-Beta",
            "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
            "1.0.0-rc.1", "1.0.0", "1.0.0.1", "1.0.1-rc", "1.0.1", "1.2", "1.10", "2", "2024.01.15",
            "2024.2.1",
        ]
        let versions = try sorted.map { try #require(Version($0)) }
        for (left, right) in zip(versions, versions.dropFirst()) {
            #expect(left < right)
            #expect(!(right < left))
        }
        #expect(Version("1.2") == Version("v1.2.0_5"))
        #expect(Version("1.2-rc.01") == Version("1.2.0-rc.1"))
    }
}

import Testing

@testable import OCI

@Suite("PlatformSelector") struct PlatformSelectorTests {
    /// `os/architecture[/variant]`, an OS version in brackets: what an index says.
    private static func platform(_ text: String) -> Platform {
        let parts = text.split(separator: "/").map(String.init)
        let system = parts[0].split(separator: "(").map(String.init)
        return Platform(
            os: system[0], architecture: parts[1], variant: parts.count > 2 ? parts[2] : nil,
            osVersion: system.count > 1 ? String(system[1].dropLast()) : nil)
    }

    @Test(
        "means what the manual's table says",
        arguments: [
            ("linux/amd64", "linux/amd64", true),
            ("linux/amd64", "linux/amd64/v1", true),
            ("linux/amd64", "linux/amd64/v3", true),
            ("linux/amd64/v1", "linux/amd64", true),
            ("linux/amd64/v1", "linux/amd64/v2", false),
            ("linux/amd64/v2", "linux/amd64", false),
            ("linux/arm64", "linux/arm64", true),
            ("linux/arm64", "linux/arm64/v8", true),
            ("linux/arm64", "linux/arm64/v9", true),
            ("linux/arm64/v8", "linux/arm64", true),
            ("linux/arm64/v8", "linux/arm64/v9", false),
            ("linux/arm", "linux/arm/v5", true),
            ("linux/arm", "linux/arm/v7", true),
            ("linux/arm/v7", "linux/arm", true),
            ("linux/arm/v7", "linux/arm/7", true),
            ("linux/arm/7", "linux/arm/v7", true),
            ("linux/arm/v6", "linux/arm", false),
            ("linux/arm/v7", "linux/arm/v6", false),
            ("linux/arm", "linux/arm64/v8", false),
            ("linux/riscv64", "linux/riscv64", true),
            ("linux/ppc64le/power9", "linux/ppc64le", false),
            ("windows/amd64", "linux/amd64", false),
            ("windows/amd64", "windows(10.0.17763.4974)/amd64", true),
            ("windows(10.0.17763)/amd64", "windows(10.0.17763.4974)/amd64", true),
            ("windows(10.0.17763.4974)/amd64", "windows(10.0.17763.4974)/amd64", true),
            ("windows(10.0.1776)/amd64", "windows(10.0.17763.4974)/amd64", false),
            ("windows(10.0.17763)/amd64", "windows/amd64", false),
        ])
    func means(selector: String, platform: String, isMeant: Bool) throws {
        #expect(try PlatformSelector(selector).matches(Self.platform(platform)) == isMeant)
    }

    @Test(
        "says what is wrong",
        arguments: [
            ("", PlatformError.badForm("")), ("linux", .badForm("linux")), ("linux/", .badForm("linux/")),
            ("/amd64", .badForm("/amd64")), ("a/b/c/d", .badForm("a/b/c/d")),
            ("windows()/amd64", .badForm("windows()/amd64")),
            ("Linux/amd64", .badCharacter("Linux/amd64")), ("linux/*", .badCharacter("linux/*")),
            ("linux/amd64 ", .badCharacter("linux/amd64 ")),
            ("linux/x86_64", .otherSpelling("linux/x86_64", usual: "amd64")),
            ("linux/aarch64", .otherSpelling("linux/aarch64", usual: "arm64")),
            ("macos/arm64", .otherSpelling("macos/arm64", usual: "darwin")),
        ])
    func refuses(text: String, reason: PlatformError) {
        #expect(throws: reason) { try PlatformSelector(text) }
    }

    @Test("one choice has one key, whatever the order")
    func key() throws {
        let (amd, arm) = (try PlatformSelector("linux/amd64"), try PlatformSelector("linux/arm64"))
        #expect(PlatformChoice([amd, arm]).description == PlatformChoice([arm, amd, arm]).description)
        #expect(PlatformChoice([amd]).description != PlatformChoice([amd], flattens: true).description)
        #expect(PlatformChoice([amd]).description != PlatformChoice([arm]).description)
    }

    @Test("a subset survives being kept as a text, and a foreign text is none")
    func text() throws {
        var subset = PlatformSubset(Digest(hashing: [1]), missing: [try PlatformSelector("linux/s390x")])
        #expect(PlatformSubset(text: subset.text) == subset)
        subset = PlatformSubset(refusal: "no \"such\" platform")
        #expect(PlatformSubset(text: subset.text) == subset)
        for text in ["", "{}", "null", #"{"missing": []}"#, #"{"digest": "x", "missing": []}"#] {
            #expect(PlatformSubset(text: text) == nil)
        }
    }
}

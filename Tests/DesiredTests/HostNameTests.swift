import Testing

@testable import Desired

@Suite("HostName") struct HostNameTests {
    @Test(
        "one host has one name",
        arguments: [
            ("docker.io", "docker.io"), ("index.docker.io", "docker.io"),
            ("registry-1.docker.io", "docker.io"),
            ("registry.hub.docker.com", "docker.io"),
            ("Registry.Example.COM:8443", "registry.example.com:8443"),
            ("localhost", "localhost"), ("registry", "registry"), ("127.0.0.1:5000", "127.0.0.1:5000"),
            ("[::1]", "[::1]"), ("[FE80::1]:5000", "[fe80::1]:5000"),
            ("a.example.com:65535", "a.example.com:65535"),
        ])
    func normalises(text: String, expected: String) throws {
        #expect(try HostName(text).text == expected)
    }

    @Test(
        "says what is wrong",
        arguments: [
            ("https://a", .scheme("https://a")), ("a/b", .path("a/b")), ("a:0", .port("a:0")),
            ("a:", .port("a:")),
            ("a:65536", .port("a:65536")), ("a:+1", .port("a:+1")), ("::1", .bareAddress("::1")),
            ("", .name("")),
            ("a..b", .name("a..b")), ("-a", .name("-a")), ("a-", .name("a-")), ("[]", .name("[]")),
            ("[::1", .name("[::1")), ("[::1]x", .name("[::1]x")), ("a b", .name("a b")),
            ("é.com", .name("é.com")),
            ("user@host", .name("user@host")), ("a.example.com.", .name("a.example.com.")),
        ] as [(String, HostNameError)])
    func refuses(text: String, reason: HostNameError) {
        #expect(throws: reason) { try HostName(text) }
    }

    @Test(
        "a Registry's name is told from a host",
        arguments: [("a.b", true), ("a:1", true), ("localhost", true), ("a", false)])
    func likeness(text: String, isHost: Bool) {
        #expect(HostName.isLike(text) == isHost)
    }
}

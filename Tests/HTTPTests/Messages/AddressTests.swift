import HTTP
import Testing

@Suite("Address") struct AddressTests {
    @Test(
        "reads URLs as the wire will",
        arguments: [
            ("http://example.com", "http://example.com/"),
            ("https://EXAMPLE.com:443/v2/", "https://example.com/v2/"),
            ("http://example.com:443/a?b=c", "http://example.com:443/a?b=c"),
            ("http://example.com:80/a#part", "http://example.com/a"),
            ("https://[2001:DB8::1]:5000/x", "https://[2001:db8::1]:5000/x"),
            ("http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"),
            ("http://127.1/", "http://127.0.0.1/"),
            ("http://0x7f000001/", "http://127.0.0.1/"),
            ("https://example.com/a%20b/../c?d=%2F", "https://example.com/c?d=%2F"),
        ])
    func reads(text: String, whole: String) throws {
        #expect(try Address(text).description == whole)
    }

    @Test(
        "says what is wrong with others",
        arguments: [
            ("example.com/v2/", AddressError.malformed("example.com/v2/")), ("", .malformed("")),
            ("http://", .malformed("http://")), ("http://a b/", .malformed("http://a b/")),
            ("http://a/\u{1B}[31m", .malformed("http://a/\u{1B}[31m")),
            ("http://a:99999/", .malformed("http://a:99999/")), ("ftp://a/b", .otherScheme("ftp://a/b")),
            ("file:///etc/passwd", .otherScheme("file:///etc/passwd")), ("http://me@a/", .userInfo),
            ("http://me:secret@a/", .userInfo),
        ])
    func refuses(text: String, error: AddressError) {
        #expect(throws: error) { try Address(text) }
    }

    @Test(
        "resolves references (RFC 3986, section 5.2)",
        arguments: [
            ("/v2/b", "https://a.example:8443/v2/b"), ("c?d=e", "https://a.example:8443/v2/x/c?d=e"),
            ("?last=z", "https://a.example:8443/v2/x/y?last=z"), ("../w", "https://a.example:8443/v2/w"),
            ("//b.example/c", "https://b.example/c"), ("http://b.example/", "http://b.example/"),
            ("../../../../up", "https://a.example:8443/up"),
        ])
    func resolves(reference: String, whole: String) throws {
        #expect(try Address("https://a.example:8443/v2/x/y?n=5").resolving(reference).description == whole)
    }

    @Test("a reference brings no user and no other scheme")
    func resolvesNothingElse() throws {
        let base = try Address("https://a.example/v2/")
        #expect(throws: AddressError.userInfo) { try base.resolving("https://me:x@a.example/") }
        #expect(throws: AddressError.otherScheme("ftp://a.example/")) {
            try base.resolving("ftp://a.example/")
        }
    }

    @Test("encodes what it adds and hides queries")
    func adds() throws {
        let address = try Address("https://a.example/v2/?_state=a%3D").adding(query: "digest", "sha256:ä&=")
        #expect(address.target == "/v2/?_state=a%3D&digest=sha256%3A%C3%A4%26%3D")
        #expect(address.redacted == "https://a.example/v2/?…")
        #expect(try Address("https://a.example/x").adding(query: "a", "b c").target == "/x?a=b%20c")
    }

    @Test("an error shows no query")
    func hidesQueries() {
        #expect(AddressError.malformed("ftp://a?signature=1").description == "'ftp://a' is no URL")
    }
}

@Suite("Origin") struct OriginTests {
    @Test(
        "knows this machine's own addresses",
        arguments: [
            ("localhost", true), ("LOCALHOST", true), ("a.localhost", true), ("127.0.0.1", true),
            ("127.9.8.7", true),
            ("::1", true), ("localhost.example.com", false), ("127.0.0.1.example.com", false),
            ("127.0.0", false),
            ("127.0.0.256", false), ("127.٠.0.1", false), ("128.0.0.1", false), ("::2", false),
            ("example.com", false),
        ])
    func loopback(host: String, isLoopback: Bool) {
        #expect(Origin(isSecure: false, host: host).isLoopback == isLoopback)
    }

    @Test("tells hosts, ports and schemes apart, and writes them as URLs do")
    func names() {
        let plain = Origin(isSecure: false, host: "Example.com")
        #expect(plain == Origin(isSecure: false, host: "example.com", port: 80))
        #expect(plain != Origin(isSecure: true, host: "example.com", port: 80))
        #expect(plain != Origin(isSecure: false, host: "example.com", port: 81))
        #expect(Origin(isSecure: true, host: "::1", port: 5000).description == "https://[::1]:5000")
        #expect(Origin(isSecure: true, host: "a", port: 443).authority == "a")
    }
}

import OCI
import Testing

@Suite("Tag") struct TagTests {
    @Test(
        "reads what the specification allows",
        arguments: [
            "latest", "1", "_", "v1.2.3", "3.18.4-alpine", "A_b.C-d", "1..2", "a--",
            String(repeating: "x", count: 128),
        ])
    func reads(text: String) throws {
        #expect(try Tag(text).description == text)
    }

    @Test(
        "says what is wrong",
        arguments: [
            ("", TagError.empty), (".hidden", .badStart(".hidden")), ("-rc", .badStart("-rc")),
            ("a b", .badCharacter("a b")), ("a+b", .badCharacter("a+b")), ("a/b", .badCharacter("a/b")),
            ("a:b", .badCharacter("a:b")), ("é", .badCharacter("é")), ("a\n", .badCharacter("a\n")),
            ("a\0", .badCharacter("a\0")), (String(repeating: "x", count: 129), .tooLong(129)),
            (String(repeating: "é", count: 65), .tooLong(130)),
        ])
    func refuses(text: String, reason: TagError) {
        #expect(throws: reason) { try Tag(text) }
        #expect(!reason.description.isEmpty)
    }

    static let hex = String(repeating: "0123456789abcdef", count: 4)

    @Test(
        "knows the tags that carry signatures",
        arguments: [
            "sha256-" + hex, "sha256-" + hex + ".sig", "sha256-" + hex + ".att", "sha256-" + hex + ".sbom",
            "sha512-" + hex, "sha512-" + hex + ".sig",
        ])
    func isInternal(text: String) throws {
        #expect(try Tag(text).isInternal)
    }

    @Test(
        "takes no other tag for one of them",
        arguments: [
            "latest", "sha256", "sha256-", "sha256-" + hex.dropLast(), "sha256-" + hex + "0",
            "sha256-" + hex + ".sig2",
            "sha256-" + hex + "-sig", "sha256-" + hex.dropLast() + "g", "sha1-" + hex, "x-sha256-" + hex,
            "sha256-" + hex.uppercased(),
            "sha256." + hex, "SHA256-" + hex,
        ])
    func isOrdinary(text: String) throws {
        #expect(try !Tag(text).isInternal)
    }

    @Test("orders by bytes")
    func orders() throws {
        let tags = try ["b", "a10", "a9", "B"].map { try Tag($0) }
        #expect(tags.sorted().map(\.description) == ["B", "a10", "a9", "b"])
    }
}

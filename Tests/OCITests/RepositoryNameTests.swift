import OCI
import Testing

@Suite("RepositoryName") struct RepositoryNameTests {
    @Test(
        "reads what the specification allows",
        arguments: [
            "a", "0", "library/alpine", "a/b/c/d/e", "a.b", "a_b", "a__b", "a-b", "a---b", "a.b_c__d-e",
            String(repeating: "x", count: 256),
        ])
    func reads(text: String) throws {
        #expect(try RepositoryName(text).description == text)
    }

    @Test(
        "says what is wrong",
        arguments: [
            ("", RepositoryNameError.empty),
            ("/a", .emptyComponent("/a")), ("a/", .emptyComponent("a/")), ("a//b", .emptyComponent("a//b")),
            ("/", .emptyComponent("/")),
            ("Team/app", .upperCase("Team/app", "T")), ("team/ÄPP", .upperCase("team/ÄPP", "Ä")),
            ("-a", .badComponent("-a", "-a")), ("a-", .badComponent("a-", "a-")),
            ("a/.b", .badComponent("a/.b", ".b")), ("a/b.", .badComponent("a/b.", "b.")),
            ("..", .badComponent("..", "..")), ("a/../b", .badComponent("a/../b", "..")),
            ("a..b", .badComponent("a..b", "a..b")), ("a___b", .badComponent("a___b", "a___b")),
            ("a._b", .badComponent("a._b", "a._b")), ("a-.b", .badComponent("a-.b", "a-.b")),
            ("a b", .badComponent("a b", "a b")), ("a:b", .badComponent("a:b", "a:b")),
            ("a@b", .badComponent("a@b", "a@b")), ("a?b", .badComponent("a?b", "a?b")),
            ("a%2fb", .badComponent("a%2fb", "a%2fb")), ("é", .badComponent("é", "é")),
            ("a\n", .badComponent("a\n", "a\n")), (String(repeating: "x", count: 257), .tooLong(257)),
        ])
    func refuses(text: String, reason: RepositoryNameError) {
        #expect(throws: reason) { try RepositoryName(text) }
        #expect(!reason.description.isEmpty)
    }

    @Test("orders by bytes")
    func orders() throws {
        let names = try ["b", "a/b", "a", "a-b"].map { try RepositoryName($0) }
        #expect(names.sorted().map(\.description) == ["a", "a-b", "a/b", "b"])
    }
}

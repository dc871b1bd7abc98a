import Testing

@testable import YAML

@Suite("YAMLStream") struct YAMLStreamTests {
    /// A node as one line, with the place of each scalar.
    private func line(_ node: Node) -> String {
        switch node.content {
        case .scalar(let scalar): "\(scalar.text)@\(node.position)"
        case .sequence(let items): "[\(items.map(line).joined(separator: " "))]"
        case .mapping(let entries):
            "{\(entries.map { "\($0.name)@\($0.key.position)=\(line($0.value))" }.joined(separator: " "))}"
        }
    }

    private func read(_ text: String) -> YAMLStream { YAMLStream(reading: Array(text.utf8)) }

    @Test(
        "remembers where things stand",
        arguments: [
            ("a: 1\nb:\n  - x\n  - 'y'\n", "{a@1:1=1@1:4 b@2:1=[x@3:5 y@4:5]}"),
            ("é: ü\n", "{é@1:1=ü@1:4}"),
            ("\u{FEFF}a: b", "{a@1:1=b@1:4}"),
            ("a: &x {k: v}\nb: *x\n", "{a@1:1={k@1:8=v@1:11} b@2:1={k@1:8=v@1:11}}"),
            ("a: &x 1\nb: [*x, *x]\n", "{a@1:1=1@1:4 b@2:1=[1@1:4 1@1:4]}"),
            ("? a\n: b\n", "{a@1:3=b@2:3}"),
        ])
    func places(text: String, expected: String) {
        let stream = read(text)
        #expect(stream.faults.isEmpty)
        #expect(stream.documents.map(line) == [expected])
    }

    @Test(
        "follows merge keys: own keys win, then the first mapping",
        arguments: [
            (
                "- &a {x: 1, y: 2}\n- {<<: *a, x: 3}\n",
                "[{x@1:7=1@1:10 y@1:13=2@1:16} {x@2:12=3@2:15 y@1:13=2@1:16}]"
            ),
            (
                "- &a {x: 1}\n- &b {x: 2, z: 3}\n- {<<: [*a, *b]}\n",
                "[{x@1:7=1@1:10} {x@2:7=2@2:10 z@2:13=3@2:16} {x@1:7=1@1:10 z@2:13=3@2:16}]"
            ),
            ("{\"<<\": 1}\n", "{<<@1:2=1@1:8}"),
        ])
    func merges(text: String, expected: String) {
        let stream = read(text)
        #expect(stream.faults.isEmpty)
        #expect(stream.documents.map(line) == [expected])
    }

    @Test("reads several documents and leaves empty ones out")
    func documents() {
        #expect(read("---\n---\na\n--- # nothing\n...\n---\nb\n").documents.map(line) == ["a@3:1", "b@7:1"])
        #expect(read("").documents.isEmpty)
        #expect(read("# only words\n").documents.isEmpty)
    }

    @Test(
        "says what is wrong and where",
        arguments: [
            ("a: 1\na: 2\n", "2:1: the key 'a' stands here for the second time"),
            ("a: *b\n", "1:4: no anchor '&b' stands before this alias"),
            ("a: &b [*b]\n", "1:8: the alias '*b' stands inside what it names"),
            ("a: &b {k: *b}\n", "1:11: the alias '*b' stands inside what it names"),
            ("a: 1\n---\na: *a\n", "3:4: no anchor '&a' stands before this alias"),
            ("[a]: 1\n", "1:1: a key must be a plain text, not a list or a mapping"),
            ("a: !!binary x\n", "1:4: the tag '!!binary' is not read here"),
            ("a: !mine {}\n", "1:4: the tag '!mine' is not read here"),
            ("<<: 1\n", "1:5: '<<' wants a mapping or a list of mappings"),
            ("<<: [{a: 1}, 2]\n", "1:14: '<<' wants a mapping or a list of mappings"),
            ("<<: {a: 1}\n<<: {b: 1}\n", "2:1: the key '<<' stands here for the second time"),
            ("a: \u{0}\n", "1:4: control characters are not allowed"),
            (
                "a:\n\t- b\n",
                "2:1: not YAML: found character that cannot start any token while scanning for the next token"
            ),
            ("a: b: c\n", "1:5: not YAML: mapping values are not allowed in this context"),
        ])
    func faults(text: String, expected: String) {
        #expect(read(text).faults.map(\.description) == [expected])
    }

    @Test("a key given twice does not end the reading, and the first value stays")
    func duplicates() {
        let stream = read("a: 1\na: 2\nb: 3\nb: 4\n")
        #expect(stream.faults.map(\.position.line) == [2, 4])
        #expect(stream.documents.map(line) == ["{a@1:1=1@1:4 b@3:1=3@3:4}"])
        #expect(stream.isComplete)
    }

    @Test("keeps the documents before a fault")
    func incomplete() {
        let stream = read("a: 1\n---\nb: [\n")
        #expect(stream.documents.count == 1)
        #expect(!stream.isComplete)
    }

    @Test("refuses what is not UTF-8, at its place")
    func encoding() {
        #expect(
            YAMLStream(reading: [0x61, 0x0A, 0x62, 0xFF]).faults.map(\.description) == [
                "2:2: the file is not UTF-8"
            ])
        #expect(YAMLStream(reading: [0xFF, 0xFE, 0x61, 0x00]).faults.count == 1)
        #expect(YAMLStream(reading: [0xC0, 0x80]).faults.count == 1)
    }

    @Test(
        "knows where the characters of a text are",
        arguments: [("a: bcd", 5), ("a: 'bcd'", 6), ("a: \"b\\td\"", nil), ("a: |\n  bcd", nil)])
    func characters(text: String, column: Int?) throws {
        guard case .mapping(let entries) = read(text).documents.first?.content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries.first?.value.position(ofCharacter: 1)?.column == column)
    }
}

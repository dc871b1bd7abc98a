import Testing

@testable import YAML

@Suite("Scalar") struct ScalarTests {
    @Test(
        "plain text means what the core schema says",
        arguments: [
            ("no", .string("no")), ("on", .string("on")), ("", .null), ("~", .null), ("null", .null),
            ("true", .bool(true)), ("False", .bool(false)), ("tRUE", .string("tRUE")), ("12", .int(12)),
            ("-7", .int(-7)), ("+3", .int(3)), ("010", .int(10)), ("0o17", .int(15)), ("0x1F", .int(31)),
            ("0x", .string("0x")), ("0o8", .string("0o8")), ("-0x1", .string("-0x1")),
            ("0x-1", .string("0x-1")),
            ("1.10", .float(1.1)), (".5", .float(0.5)), ("5.", .float(5)), ("1e3", .float(1000)),
            ("1e", .string("1e")), ("1.2.3", .string("1.2.3")), (".", .string(".")), ("-", .string("-")),
            ("12:30", .string("12:30")), ("2001-01-01", .string("2001-01-01")), ("1_000", .string("1_000")),
            (".inf", .float(.infinity)), ("-.inf", .float(-.infinity)), ("infinity", .string("infinity")),
            ("99999999999999999999", .float(1e20)), ("0xFFFFFFFFFFFFFFFFF", .float(.infinity)),
            ("nan", .string("nan")),
        ] as [(String, Scalar.Meaning)])
    func meaning(text: String, meaning: Scalar.Meaning) {
        #expect(Scalar(text: text, isPlain: true).meaning == meaning)
    }

    @Test("a quoted text is a text", arguments: ["true", "12", "", "~"])
    func quoted(text: String) {
        #expect(Scalar(text: text, isPlain: false).meaning == .string(text))
    }
}

import Testing

@testable import AWS

@Suite("XML of AWS's") struct XMLNodeTests {
    private func parse(_ text: String) throws -> XMLNode { try XMLNode(parsing: Array(text.utf8)) }

    @Test("an answer of a query service")
    func answer() throws {
        let root = try parse(
            """
            \u{FEFF}<?xml version="1.0" encoding="UTF-8"?>
            <!-- a > b -->
            <x:Response xmlns:x="a>b"><Result at='1"'><Id>a&lt;b&#38;&#x63;</Id><Empty/><Empty x="/" /></Result>
            <Text>one<![CDATA[ <two> ]]>three<!-- no --></Text></x:Response>
            """)
        #expect(root.name == "Response")
        #expect(root.text(at: "Result", "Id") == "a<b&c")
        #expect(root.text(at: "Text") == "one <two> three")
        #expect(root.first("Result")?.children.count == 3)
        #expect(root.text(at: "Result", "None") == nil)
    }

    @Test(
        "what is not of the kind is refused",
        arguments: [
            "", "text", "<a>", "<a></b>", "<a/", "<a", "</a>", "<>", "< a/>", "<a>&b;</a>", "<a>&#0;</a>",
            "<a>&#xD800;</a>",
            "<a>&lt</a>", "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
            "<a><!DOCTYPE b></a>", "<a b='></a>",
            "<?xml", "<!-- ", "<a><![CDATA[</a>", "x<a/>", "<a><b</a>", "<a></a/>", "<![CDATA[x]]>",
        ])
    func refused(text: String) { #expect(throws: XMLError.self) { try parse(text) } }

    @Test("depth and number are bounded, and a large text takes no time")
    func bounds() throws {
        #expect(throws: XMLError.self) { try parse(String(repeating: "<a>", count: 100_000)) }
        #expect(throws: XMLError.self) {
            try parse("<a>" + String(repeating: "<b/>", count: 30_000) + "</a>")
        }
        let long = String(repeating: "x<", count: 500_000).replacing("<", with: "&lt;")
        #expect(try parse("<a>\(long)</a>").text.utf8.count == 1_000_000)
        #expect(throws: XMLError.self) { try parse("<a>" + String(repeating: "<!-- ", count: 20_000)) }
    }

    @Test(
        "times of AWS's",
        arguments: [
            ("2027-01-15T08:00:00Z", 1_800_000_000), ("2027-01-15T08:00:00.123456Z", 1_800_000_000),
            ("2027-01-15T09:00:00+01:00", 1_800_000_000), ("2027-01-15 03:00:00-0500", 1_800_000_000),
            ("1970-01-01T00:00:00Z", 0), ("2000-02-29T00:00:00Z", 951_782_400), ("2027-01-15T08:00:00", nil),
            ("2027-13-15T08:00:00Z", nil), ("2027-01-15T24:00:00Z", nil), ("soon", nil), ("", nil),
            ("2027-01-15T08:00:00+1:00", nil), ("2027-01-15T08:00:0äZ", nil), ("2027-01-15T08:00:00Z ", nil),
        ] as [(String, Int64?)])
    func times(text: String, seconds: Int64?) { #expect(UTCTime(text)?.seconds == seconds) }
}

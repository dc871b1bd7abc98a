import Testing

@testable import Registry

@Suite("LinkField") struct LinkFieldTests {
    @Test(
        "finds the next page",
        arguments: [
            (#"</v2/a?last=b&n=1>; rel="next""#, "/v2/a?last=b&n=1"), ("<x>;rel=next", "x"),
            ("<x> ; REL = Next ", "x"),
            (#"<p>; rel="prev", <n>; rel="next""#, "n"), (#"<a,b;c>; rel="next""#, "a,b;c"),
            (#"<p>; title="x, <y>; rel=next", <n>; rel="next""#, "n"), (#"<n>; rel="last next"; a=b"#, "n"),
            ("<p>; rel=prev", nil), ("", nil), ("<", nil), ("<n", nil), ("<n>", nil), ("rel=next", nil),
            (#"<n>; title="rel=next""#, nil),
        ] as [(String, String?)])
    func finds(field: String, target: String?) { #expect(LinkField.next(in: field) == target) }
}

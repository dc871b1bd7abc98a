import Testing

@testable import Desired

@Suite("TemplateText") struct TemplateTextTests {
    @Test(
        "finds the character that is wrong",
        arguments: [("{x", 0), ("a}", 1), ("ab{c{name}", 2), ("a{nam}", 1), ("{}", 0)])
    func refuses(text: String, offset: Int) {
        #expect { try TemplateText.check(text, for: .repository) } throws: {
            ($0 as? TemplateText.Problem)?.offset == offset
        }
    }
}

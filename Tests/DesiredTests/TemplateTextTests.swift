import OCI
import Testing

@testable import Desired

@Suite("TemplateText") struct TemplateTextTests {
    @Test(
        "fills in the source's names",
        arguments: [
            ("{repository}", "team/web/app"), ("mirror/{namespace}/{name}", "mirror/team/web/app"),
            ("{registry}/{name}", "localhost5000/app"), ("all", "all"), ("{name}-{name}", "app-app"),
        ])
    func fills(text: String, expected: String) throws {
        let values = TemplateText.values(
            host: "localhost:5000", repository: try RepositoryName("team/web/app"))
        #expect(try TemplateText(text, for: .repository).filled(values) == expected)
    }

    @Test(
        "finds the character that is wrong",
        arguments: [("{x", 0), ("a}", 1), ("ab{c{name}", 2), ("a{nam}", 1), ("{}", 0)])
    func refuses(text: String, offset: Int) {
        #expect { try TemplateText(text, for: .repository) } throws: {
            ($0 as? TemplateText.Problem)?.offset == offset
        }
    }
}

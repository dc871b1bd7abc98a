import Desired
import OCI
import Testing

@Suite("NameTemplate") struct NameTemplateTests {
    @Test(
        "fills placeholders in",
        arguments: [
            ("{repository}", "team/web/app"), ("mirror/{repository}", "mirror/team/web/app"),
            ("{namespace}", "team/web"), ("{name}", "app"),
            ("{registry}/{name}", "registry.example.com-5000/app"), ("all", "all"),
            ("{namespace}/x-{name}", "team/web/x-app"), ("{name}-{tag}", "app-v1.2"),
        ])
    func repositories(template: String, name: String) throws {
        let made = try NameTemplate(text: template).repositoryName(
            registryHost: "Registry.example.com:5000", repository: RepositoryName("team/web/app"),
            tag: Tag("v1.2"))
        #expect(made.description == name)
    }

    @Test(
        "leaves out a namespace that is not there",
        arguments: [
            ("{namespace}/{name}", "app"), ("m/{namespace}/{name}", "m/app"), ("m{namespace}/{name}", "mapp"),
        ])
    func noNamespace(template: String, name: String) throws {
        let made = try NameTemplate(text: template).rendered(
            registryHost: "a.example", repository: RepositoryName("app"), tag: Tag("1"))
        #expect(made == name)
    }

    @Test(
        "makes tags",
        arguments: [("{tag}", "v1"), ("{tag}-x", "v1-x"), ("{name}_{tag}", "app_v1"), ("stable", "stable")])
    func tags(template: String, tag: String) throws {
        let made = try NameTemplate(text: template).tagName(
            registryHost: "a.example", repository: RepositoryName("team/app"), tag: Tag("v1"))
        #expect(made.description == tag)
    }

    @Test(
        "says why it makes no repository",
        arguments: [
            ("{Repository}", RenderingError.unknownPlaceholder("Repository")),
            ("{}", .unknownPlaceholder("")),
            ("a/{name", .unbalancedBrace(template: "a/{name")), ("a}", .unbalancedBrace(template: "a}")),
            ("x/{tag}", .repository(.upperCase("x/V1", "V"))), ("x/", .repository(.emptyComponent("x/"))),
            ("", .repository(.empty)), ("{{name}}", .unknownPlaceholder("{name")),
        ])
    func badRepositories(template: String, error: RenderingError) {
        #expect(throws: error) {
            try NameTemplate(text: template).repositoryName(
                registryHost: "a.example", repository: RepositoryName("team/app"), tag: Tag("V1"))
        }
        #expect(!error.description.isEmpty)
    }

    @Test("says why it makes no tag") func badTags() {
        #expect(throws: RenderingError.tag(.badCharacter("team/app"))) {
            try NameTemplate(text: "{repository}").tagName(
                registryHost: "a.example", repository: RepositoryName("team/app"), tag: Tag("1"))
        }
    }
}

import OCI
import Testing

@testable import Registry

@Suite("Scope") struct ScopeTests {
    @Test(
        "reads and writes its text form",
        arguments: [
            ("repository:team/app:pull,push", "repository", "team/app", ["pull", "push"]),
            ("repository:team/app:push,pull", "repository", "team/app", ["pull", "push"]),
            ("repository:host:5000/app:pull", "repository", "host:5000/app", ["pull"]),
            ("registry:catalog:*", "registry", "catalog", ["*"]),
            ("repository(plugin):app:pull", "repository(plugin)", "app", ["pull"]),
        ])
    func reads(text: String, type: String, name: String, actions: [String]) throws {
        let scope = try #require(Scope(text))
        #expect(scope.type == type)
        #expect(scope.name == name)
        #expect(scope.actions == actions)
        #expect(Scope(scope.description) == scope)
    }

    @Test(
        "refuses what is none",
        arguments: ["", ":", "::", "repository:app", "repository::pull", "a:b:", ":b:c"])
    func refuses(text: String) { #expect(Scope(text) == nil) }

    @Test("is made of a repository's name")
    func names() throws {
        let app = try RepositoryName("team/app")
        #expect(Scope.pull(app).description == "repository:team/app:pull")
        #expect(Scope.push(app).description == "repository:team/app:pull,push")
        #expect(Scope.delete(app).description == "repository:team/app:delete,pull")
        #expect(Scope.catalog.description == "registry:catalog:*")
        #expect(Scope.catalog.repository == nil)
        #expect(Scope.pull(app).repository == app)
    }

    @Test("merges the rights to one resource")
    func merges() throws {
        let app = try RepositoryName("app")
        let merged = Scope.merged([.pull(app), .push(app), .catalog])
        #expect(merged.map(\.description) == ["registry:catalog:*", "repository:app:pull,push"])
    }
}

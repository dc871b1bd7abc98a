import Desired
import OCI
import Testing

@Suite("Selection") struct SelectionTests {
    /// Not the one that marks tests.
    private typealias Tag = OCI.Tag

    private let app: RepositoryName
    private let web: RepositoryName
    private let digest: Digest

    init() throws {
        app = try RepositoryName("team/app")
        web = try RepositoryName("team/web")
        digest = try Digest("sha256:" + String(repeating: "a", count: 64))
    }

    private func rule(
        _ images: [ImageEntry], repository: String = "mirror/{repository}", tag: String = "{tag}"
    ) -> Replication {
        let destination = Destination(
            registry: "cn", repository: NameTemplate(text: repository), tag: NameTemplate(text: tag))
        return Replication(name: "base", source: "hub", destination: destination, images: images)
    }

    private func entry(_ repository: RepositoryName, _ include: String...) -> ImageEntry {
        ImageEntry(repositories: .named(repository), tags: TagSelector(include: include.map { Glob($0) }))
    }

    private func found(_ include: String..., exclude: [String] = [], tag: String) -> ImageEntry {
        ImageEntry(
            repositories: .matching(include: include.map { Glob($0) }, exclude: exclude.map { Glob($0) }),
            tags: TagSelector(include: [Glob(tag)]))
    }

    private func select(_ rule: Replication, _ tags: [RepositoryName: [String]] = [:]) -> Selection {
        Selection.select(rule: rule, sourceHost: "docker.io", repositories: tags.keys.sorted(), tags: tags)
    }

    private func text(_ claims: [Claim]) -> [String] {
        claims.map {
            "\($0.sourceRepository):\($0.sourceTag)>\($0.destinationRepository):\($0.destinationTag)"
        }
    }

    @Test("claims kept tags, sorted by destination") func claims() {
        let selection = select(
            rule([entry(web, "*"), entry(app, "v*")]), [app: ["v10", "v9", "x"], web: ["1"]])
        let wanted = [
            "team/app:v9>mirror/team/app:v9", "team/app:v10>mirror/team/app:v10",
            "team/web:1>mirror/team/web:1",
        ]
        #expect(text(selection.claims) == wanted)
        #expect(
            Set(selection.claims.map { "\($0.rule) \($0.sourceRegistry) \($0.destinationRegistry)" }).count
                == 1)
        #expect(selection.claims.first?.rule == "base")
        #expect(selection.claims.first?.sourceRegistry == "hub")
        #expect(selection.claims.first?.destinationRegistry == "cn")
        #expect(selection.faults.isEmpty)
    }

    @Test("says of every tag what became of it") func decisions() {
        let selection = select(rule([entry(web, "*"), entry(app, "v*")]), [app: ["v9", "x"], web: ["1"]])
        #expect(selection.decisions.map(\.tag) == ["v9", "x", "1"])
        let first = Selection.Decision(
            repository: app, tag: "v9", kept: true, reason: "include 'v*'",
            destinations: ["mirror/team/app:v9"])
        let second = Selection.Decision(repository: app, tag: "x", kept: false, reason: "matches no include")
        #expect(selection.decisions.first == first)
        #expect(selection.decisions.dropFirst().first == second)
    }

    @Test("unites the entries of one repository") func union() {
        var never = entry(app, "v1*")
        never.overwrite = .never
        let selection = select(rule([never, entry(app, "v*2")]), [app: ["v12", "v2", "v3"]])
        #expect(selection.claims.map(\.sourceTag.description) == ["v2", "v12"])
        #expect(selection.claims.map(\.overwrite) == [.always, .never])
        #expect(selection.decisions.map(\.kept) == [true, false, true])
        let reasons = ["include 'v*2'", "matches no include", "include 'v1*'; include 'v*2'"]
        #expect(selection.decisions.map(\.reason) == reasons)
    }

    @Test("sends one tag to each place that its entries name") func places() {
        var second = entry(app, "v1")
        second.destination = Destination(registry: "cn", repository: NameTemplate(text: "other"))
        let selection = select(rule([entry(app, "v1"), second]))
        #expect(text(selection.claims) == ["team/app:v1>mirror/team/app:v1", "team/app:v1>other:v1"])
        #expect(selection.decisions.map(\.destinations) == [["mirror/team/app:v1", "other:v1"]])
    }

    @Test("lets a pin have the last word") func pins() throws {
        let pinned = ImageEntry(repositories: .named(app), pins: [try Tag("v1"): digest])
        var both = entry(app, "v2")
        both.pins = pinned.pins
        let selection = select(rule([both, entry(app, "v*")]), [app: ["v1", "v2"]])
        #expect(selection.claims.map(\.pin) == [digest, nil])
        #expect(selection.decisions.first { $0.tag == "v1" }?.reason == "pin \(digest.short); include 'v*'")
        let alone = select(rule([pinned]))
        #expect(alone.claims.map(\.pin) == [digest])
        #expect(alone.decisions.map(\.reason) == ["pin \(digest.short)"])
        #expect(select(rule([entry(app, "v1"), pinned])).claims.map(\.pin) == [digest])
    }

    @Test("keeps two pins of one tag apart") func twoPins() throws {
        let tag = try Tag("v1")
        let other = try Digest("sha256:" + String(repeating: "b", count: 64))
        let entries = [digest, other].map { ImageEntry(repositories: .named(app), pins: [tag: $0]) }
        let selection = select(rule(entries))
        #expect(selection.claims.map(\.pin) == [digest, other])
        #expect(Selection.collisions(among: selection.claims) { $0 }.count == 1)
    }

    @Test("wants what a named repository's entry names, listed or not") func missing() {
        let selection = select(rule([entry(app, "v*", "latest")]), [app: ["v1"]])
        #expect(selection.claims.map(\.sourceTag.description) == ["latest", "v1"])
        var counted = entry(app, "v*", "latest")
        counted.tags?.sortBy = .name
        counted.tags?.newest = 2
        #expect(select(rule([counted]), [app: ["v1"]]).claims.map(\.sourceTag.description) == ["v1"])
    }

    @Test("takes named tags of found repositories where they are") func whereTheyAre() {
        let rule = rule([found("team/*", exclude: ["*/web"], tag: "latest")])
        let selection = select(rule, [app: ["v1", "latest"], web: ["latest"]])
        #expect(text(selection.claims) == ["team/app:latest>mirror/team/app:latest"])
        #expect(select(rule, [app: ["v1"]]).claims.isEmpty)
    }

    @Test("leaves out an image that no name can be made for") func faults() {
        let repository = select(rule([entry(app, "*")], repository: "X/{name}"), [app: ["v1", "v2"]])
        #expect(repository.claims.isEmpty)
        #expect(repository.faults.count == 1)
        #expect(repository.faults.first?.hasPrefix("team/app: destination repository 'X/{name}': ") == true)
        #expect(repository.decisions.map(\.kept) == [false, false])
        let tags = select(rule([entry(app, "*")], repository: "{name}-{tag}"), [app: ["V1", "v2"]])
        #expect(tags.claims.map(\.destinationRepository.description) == ["app-v2"])
        #expect(tags.faults.first?.hasPrefix("team/app:V1: destination repository '{name}-{tag}': ") == true)
        let names = select(rule([entry(app, "*")], tag: "{repository}"), [app: ["v1"]])
        #expect(names.faults.first?.hasPrefix("team/app:v1: destination tag '{repository}': ") == true)
    }

    @Test("asks for the lists that it needs, and no others") func needs() throws {
        let all = ImageEntry(repositories: .matching(include: [], exclude: []), tags: TagSelector())
        let listed = found("team/web", tag: "1")
        let pinned = ImageEntry(repositories: .named(app), pins: [try Tag("v1"): digest])
        let patterns = [entry(web, "v*"), entry(app, "*"), entry(app, "a")]
        let glob = found("team/*", tag: "1")
        #expect(Selection.needsCatalog(rule([all])))
        #expect(!Selection.needsCatalog(rule([listed, pinned, entry(app, "*")])))
        #expect(Selection.repositoriesNeedingTags(rule([entry(app, "v1"), pinned, listed])).isEmpty)
        #expect(Selection.repositoriesNeedingTags(rule(patterns)) == [app, web])
        #expect(Selection.repositoriesNeedingTags(rule([all]), catalog: [web, app]) == [app, web])
        #expect(Selection.repositoriesNeedingTags(rule([glob]), catalog: [web]) == [web])
        #expect(Selection.repositoriesNeedingTags(rule([glob])).isEmpty)
    }

    @Test("selects among very many tags soon") func scales() {
        let tags = (0..<Scale.tags).map { "v1.\($0)" }
        var claims = 0
        let time = ContinuousClock().measure {
            claims = select(rule([entry(app, "v*")]), [app: tags]).claims.count
        }
        #expect(claims == Scale.tags)
        #expect(time < Scale.bound)
    }
}

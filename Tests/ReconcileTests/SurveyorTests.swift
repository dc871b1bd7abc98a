import Desired
import OCI
import Registry
import Testing

@testable import Reconcile

@Suite("Surveyor") struct SurveyorTests {
    let yard = Yard()
    let app: RepositoryName

    init() async throws {
        app = try RepositoryName("team/app")
        for tag in ["v1", "v2", "v10"] { try await yard.source.hold(SampleImage(tag), "team/app", tag) }
        try await yard.source.hold(SampleImage("web"), "team/web", "v1")
    }

    private func survey(_ rules: [Replication]) async -> Survey { await yard.pass(rules).survey() }

    @Test("lists a repository once, however many rules need it")
    func listsOnce() async throws {
        let rules = try ["a", "b", "c"].map { name in
            try Yard.rule(["team/app": ["v*"]], name: name) {
                $0.destination.repository = .init(text: "\(name)/{repository}")
            }
        }
        let survey = await survey(rules)
        #expect(await yard.source.calls == [.tags(app)])
        #expect(survey.requests == 1)
        #expect(survey.claims.count == 9)
        #expect(
            survey.claims.prefix(4).map { "\($0.destinationRepository):\($0.destinationTag)" } == [
                "a/team/app:v1", "a/team/app:v2", "a/team/app:v10", "b/team/app:v1",
            ])
    }

    @Test("lists nothing where tags are named in full")
    func listsNothing() async throws {
        #expect(await survey([try Yard.rule(["team/app": ["v1"]])]).claims.count == 1)
        #expect(await yard.source.calls.isEmpty)
    }

    @Test("asks for the catalog once, and for the tags of what matches")
    func catalog() async throws {
        let rules = ["a", "b"].map { name in
            Replication(
                name: name, source: "from",
                destination: Destination(registry: "to", repository: .init(text: "\(name)/{repository}")),
                images: [
                    ImageEntry(
                        repositories: .matching(include: [Glob("team/*")], exclude: [Glob("*/web")]),
                        tags: TagSelector(include: [Glob("*")]))
                ])
        }
        let survey = await survey(rules)
        #expect(await yard.source.calls == [.repositories, .tags(app)])
        #expect(survey.claims.count == 6)
        #expect(survey.requests == 2)
    }

    @Test("takes a repository without tags that only the catalog names for an empty one")
    func emptied() async throws {
        let web = try RepositoryName("team/web")
        // Its blobs alone are there: the twin says then that there is no such repository.
        await yard.source.store([1], in: try RepositoryName("team/half"))
        let backend = Overstated(registry: yard.source, more: try RepositoryName("team/half"))
        let places = Places(["from": backend, "to": yard.destination])
        let entry = ImageEntry(
            repositories: .matching(include: [Glob("team/*")], exclude: []),
            tags: TagSelector(include: [Glob("*")]))
        let survey = await Surveyor(places: places, registries: [:]).survey([
            Replication(name: "r", source: "from", destination: Destination(registry: "to"), images: [entry])
        ])
        #expect(survey.faults.isEmpty)
        #expect(Set(survey.claims.map(\.sourceRepository)) == [app, web])
    }

    @Test("tells of a catalog that is not there")
    func noCatalog() async throws {
        await yard.source.before { call throws(RegistryError) in
            if call == .repositories { throw .made(.unsupported) }
        }
        let entry = ImageEntry(
            repositories: .matching(include: [Glob("team/*")], exclude: []),
            tags: TagSelector(include: [Glob("*")]))
        let survey = await survey([
            Replication(name: "r", source: "from", destination: Destination(registry: "to"), images: [entry])
        ])
        #expect(survey.faults == ["rule r: source: cannot fail it at destination.test: unsupported"])
    }

    @Test("tells of a repository that the source lacks, and of one that can't be listed, and goes on")
    func faults() async throws {
        await yard.source.before { [app] call throws(RegistryError) in
            if call == .tags(app) { throw .made(.denied) }
        }
        let survey = await survey([try Yard.rule(["team/app": ["*"], "team/none": ["*"], "team/web": ["*"]])])
        #expect(
            survey.faults == [
                "rule rule: source: cannot fail it at destination.test: denied",
                "rule rule: source: source.test has no repository team/none",
            ])
        #expect(survey.claims.map(\.sourceRepository.description) == ["team/web"])
    }

    @Test("refuses different sources for one tag before anything moves")
    func collides() async throws {
        let rules = try ["team/app", "team/web"].map { repository in
            try Yard.rule([repository: ["v1"]], name: repository) {
                $0.destination.repository = .init(text: "one")
            }
        }
        let report = await yard.pass(rules).reconcile()
        #expect(report.collisions.count == 1)
        #expect(report.exitCode == 65)
        #expect(report.images.isEmpty)
        #expect(await yard.destination.calls.isEmpty)
        #expect(await yard.pass(rules).diff().collisions.count == 1)
    }

    @Test("merges equal claims of two rules; the first one's stays")
    func merges() async throws {
        let survey = await survey([
            try Yard.rule(["team/app": ["v1", "v2"]], name: "a"),
            try Yard.rule(["team/app": ["v2", "v10"]], name: "b"),
        ])
        #expect(survey.claims.map { "\($0.rule) \($0.sourceTag)" } == ["a v1", "a v2", "b v10"])
        #expect(survey.collisions.isEmpty)
    }

    @Test("leaves suspended rules alone, with a warning")
    func suspended() async throws {
        let survey = await survey([try Yard.rule(["team/app": ["*"]]) { $0.suspend = true }])
        #expect(survey.claims.isEmpty)
        #expect(survey.warnings == ["rule rule: suspended, not looked at"])
        #expect(await yard.source.calls.isEmpty)
    }

    @Test(
        "warns of a rule that selects nothing, or fails where a match is required", arguments: [false, true])
    func selectsNothing(isRequired: Bool) async throws {
        let rules = [try Yard.rule(["team/app": ["x*"]]) { $0.requireMatch = isRequired }]
        let survey = await survey(rules)
        let line = "rule rule: it selects nothing; 'davit select' tells why"
        #expect(survey.warnings == (isRequired ? [] : [line]))
        #expect(survey.faults == (isRequired ? [line] : []))
        #expect(await yard.pass(rules).reconcile().exitCode == (isRequired ? 1 : 0))
    }
}

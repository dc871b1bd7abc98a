import Desired
import OCI
import Plan
import Testing

@Suite("Planner, what is to be done") struct StepTests {
    private func actions(_ planned: PlannedImage) -> [Step.Action] { planned.steps.map(\.action) }

    @Test("sends every blob to a fresh repository, and puts the tag last")
    func fresh() throws {
        let document = try Observed.image(["config", "one", "three"])
        let planned = Observed.plan([Observed.fresh(try Observed.claim(), [ObservedManifest(document)])])[0]
        #expect(actions(planned) == [.upload, .upload, .upload, .putTag])
        #expect(planned.steps.map(\.digest) == document.blobs.map(\.digest) + [document.digest])
        #expect(planned.steps.map(\.reason).last == "all that it names is there")
        #expect(planned.cost.bytes == Int64(6 + 3 + 5 + document.bytes.count))
        #expect(planned.cost.requests == 1 + 3 * 3 + 1)
        #expect(planned.cost.pulls == 1)
        #expect(planned.cost.uploads == 3)
        #expect(planned.cost.mounts == 0)
    }

    @Test("leaves out what is there, and says of the rest whether it was asked for")
    func partly() throws {
        let document = try Observed.image(["config", "one", "two"])
        let manifest = ObservedManifest(
            document, present: [Observed.digest("one")], absent: [Observed.digest("config")])
        let planned = Observed.plan([Observed.fresh(try Observed.claim(), [manifest])])[0]
        #expect(planned.steps.map(\.digest.short).count == 3)
        #expect(
            planned.steps.map(\.reason) == [
                "the repository lacks it", "nothing tells that the registry has it",
                "all that it names is there",
            ])
    }

    @Test("brings a blob once to a repository, and mounts it from the first holder into others")
    func shares() throws {
        let images = try [
            ("team/a", "v1"), ("team/a", "v2"), ("team/b", "v1"), ("team/c", "v1"), ("team/b", "v2"),
        ]
        .map { repository, tag in
            let document = try Observed.image(["config \(repository) \(tag)", "base", "base"])
            return Observed.fresh(try Observed.claim(repository, tag), [ObservedManifest(document)])
        }
        let plans = Observed.plan(images)
        #expect(
            plans.map(actions) == [
                [.upload, .upload, .putTag], [.upload, .putTag], [.upload, .mount, .putTag],
                [.upload, .mount, .putTag], [.upload, .putTag],
            ])
        #expect(plans[2].steps[1].from == (try RepositoryName("team/a")))
        #expect(plans[3].steps[1].from == (try RepositoryName("team/a")))
        #expect(plans[2].steps[1].reason == "team/a has it by then")
        #expect(plans.reduce(0) { $0 + $1.cost.mounts } == 2)
    }

    @Test("mounts from a repository that was seen to hold a blob")
    func mountsFromWhatWasSeen() throws {
        let base = Observed.digest("base")
        let first = ObservedManifest(try Observed.image(["config", "base"]), present: [base])
        let second = ObservedManifest(try Observed.image(["other", "base"]))
        let plans = Observed.plan([
            Observed.fresh(try Observed.claim("team/a"), [first]),
            Observed.fresh(try Observed.claim("team/b"), [second]),
        ])
        #expect(plans[1].steps.map(\.from) == [nil, try RepositoryName("team/a"), nil])
    }

    @Test("keeps registries apart: nothing is mounted between them")
    func registriesApart() throws {
        let document = ObservedManifest(try Observed.image(["config", "base"]))
        var other = Observed.fresh(try Observed.claim("team/b"), [document])
        other.destinationPlace = "elsewhere.test"
        let plans = Observed.plan([Observed.fresh(try Observed.claim("team/a"), [document]), other])
        #expect(actions(plans[1]) == [.upload, .upload, .putTag])
    }

    @Test("takes blobs from the source's repository where that is in the same registry")
    func withinOneRegistry() throws {
        var claim = try Observed.claim("team/app")
        claim.destinationRepository = try RepositoryName("copy/app")
        var look = Observed.fresh(claim, [ObservedManifest(try Observed.image(["config", "base"]))])
        look.sourcePlace = look.destinationPlace
        let planned = Observed.plan([look])[0]
        #expect(planned.steps.map(\.from) == [claim.sourceRepository, claim.sourceRepository, nil])
        #expect(planned.cost.bytes == planned.steps.last?.size)
    }

    @Test("puts children before what names them, nested ones first")
    func nested() throws {
        let (one, two) = (try Observed.image(["c1", "base"]), try Observed.image(["c2", "base"]))
        let inner = try Observed.index([one])
        let outer = try Observed.index([inner, two])
        let planned = Observed.plan([
            Observed.fresh(try Observed.claim(), [one, inner, two, outer].map { ObservedManifest($0) })
        ])[0]
        #expect(
            actions(planned) == [
                .upload, .upload, .upload, .putManifest, .putManifest, .putManifest, .putTag,
            ])
        #expect(planned.steps.suffix(4).map(\.digest) == [one, inner, two, outer].map(\.digest))
        #expect(planned.steps[3].reason == "the index names it")
        #expect(planned.cost.pulls == 4)
    }

    @Test("counts a last question for the tag where nothing may be overwritten")
    func overwriteNever() throws {
        let manifest = ObservedManifest(try Observed.image(["config"]))
        let costs = try [Overwrite.always, .never].map { overwrite in
            Observed.plan([Observed.fresh(try Observed.claim(overwrite: overwrite), [manifest])])[0].cost
                .requests
        }
        #expect(costs == [1 + 3 + 1, 1 + 3 + 1 + 1])
    }

    @Test("puts a child that two images share once in a repository, and again in another")
    func sharedChild() throws {
        let shared = try Observed.image(["c", "base"])
        func look(_ repository: String, _ tag: String) throws -> ObservedImage {
            let top = try Observed.index([shared, try Observed.image([tag])])
            return Observed.fresh(
                try Observed.claim(repository, tag),
                [
                    ObservedManifest(shared), ObservedManifest(try Observed.image([tag])),
                    ObservedManifest(top),
                ])
        }
        let plans = Observed.plan([
            try look("team/a", "v1"), try look("team/a", "v2"), try look("team/b", "v3"),
        ])
        #expect(plans.map { $0.steps.count { $0.digest == shared.digest } } == [1, 0, 1])
    }

    @Test("counts a question that several images share for the first of them")
    func sharedQuestions() throws {
        let asked: Set<Question> = [
            .blob(Observed.digest("a")), .manifest(.digest(Observed.digest("b"))),
        ]
        let images = try ["v1", "v2", "v3"].map { tag in
            var look = Observed.fresh(
                try Observed.claim("team/a", tag), [ObservedManifest(try Observed.image([tag]))])
            look.asked = tag == "v3" ? asked.union([.blob(Observed.digest("c"))]) : asked
            return look
        }
        #expect(Observed.plan(images).map(\.cost.requests) == [1 + 2 + 3 + 1, 1 + 3 + 1, 1 + 1 + 3 + 1])
    }

    @Test("costs nothing where nothing is to be done, and can't be planned where content was not read")
    func noContent() throws {
        let digest = Observed.digest("x")
        let looks = [
            Observed.look(try Observed.claim(), source: .present(digest), destination: .present(digest)),
            Observed.look(try Observed.claim(), source: .present(digest)),
        ]
        for planned in Observed.plan(looks) {
            #expect(planned.cost == Cost())
            #expect(planned.steps.isEmpty)
        }
    }

    @Test("survives sizes that no sum can hold")
    func hugeSizes() throws {
        let document = try Observed.image(["config", "one", "two"], size: .max)
        let images = try ["team/a", "team/b"].enumerated().map { number, name in
            var look = Observed.fresh(try Observed.claim(name), [ObservedManifest(document)])
            if number == 1 { look.destinationPlace = "elsewhere.test" }
            return look
        }
        var plan = PassPlan(cost: .exact)
        plan.images = Observed.plan(images)
        #expect(plan.total.bytes == .max)
        #expect(plan.total.uploads == 6)
    }
}

import ArgumentParser
import Desired
import OCI
import Reconcile

/// `davit select`
struct Select: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show each tag of the sources with what kept or dropped it.",
        discussion: "It lists the sources and writes nothing.")

    @OptionGroup var manifests: ManifestOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var part: ShardOptions

    @Flag(help: "Only the tags that are kept.")
    var kept = false

    func run() async throws {
        let run = Run(output)
        let wiring = try Wiring(environment: run.environment, logger: run.console.logger)
        let (whole, unopened) = await wiring.resolved(try run.load(manifests))
        let state = whole.limited(to: part.shard)
        var options = Pass.Options()
        options.shard = part.shard
        let lists = await ImageLists.read(state, wiring, unopened)
        let places = try wiring.places(for: lists.state)
        var survey = await Pass(lists.state, places: places, options: options).survey()
        lists.tell(&survey)
        let collisions = survey.collisions.map(\.description)
        run.tell(faults: survey.faults, warnings: survey.warnings, collisions: collisions)
        let rules = state.rules.compactMap { rule in
            survey.decisions[rule.name].map { SelectedRule(rule.name, $0.filter { !kept || $0.kept }) }
        }
        try run.console.print(output.output == .json ? json(rules, survey) : text(rules, run.console))
        if !collisions.isEmpty { throw ExitCode(65) }
        if !survey.faults.isEmpty { throw ExitCode(1) }
    }

    private func text(_ rules: [SelectedRule], _ console: Console) -> String {
        let blocks = rules.flatMap { rule in
            [console.paint("rule \(rule.rule)", .bold)]
                + inOrder(rule.tags, by: \.repository).flatMap { tags in
                    ["  \(tags[0].repository.harmless)"]
                        + tags.map { tag in
                            let mark =
                                tag.kept
                                ? console.paint("+ \(tag.tag)", .green) : console.paint("- \(tag.tag)", .dim)
                            return "    \(mark)  \(tag.reason.harmless)"
                        }
                }
        }
        let all = rules.flatMap(\.tags)
        let kept = all.count(where: \.kept)
        let title = part.shard.map { [console.paint($0.title, .bold)] } ?? []
        return (title + blocks + ["\(kept) kept, \(all.count - kept) dropped"]).joined(separator: "\n")
    }

    private func json(_ rules: [SelectedRule], _ survey: Survey) -> String {
        struct Document: Encodable {
            var version = 1
            var shard: Shard?
            var rules: [SelectedRule]
            var faults: [String]
            var warnings: [String]
            var collisions: [String]
        }
        return JSONOutput.document(
            Document(
                shard: part.shard, rules: rules, faults: survey.faults, warnings: survey.warnings,
                collisions: survey.collisions.map(\.description)))
    }
}

/// The fate of the tags that one rule looked at, as `davit select` tells it.
struct SelectedRule: Encodable {
    var rule: String
    var tags: [SelectedTag]

    struct SelectedTag: Encodable {
        var repository: String
        var tag: String
        var kept: Bool
        var reason: String
    }

    init(_ rule: String, _ decisions: [Selection.Decision]) {
        self.rule = rule
        // Registries list tags in any order.
        let inOrder = decisions.sorted { left, right in
            left.repository == right.repository
                ? naturallyPrecedes(left.tag, right.tag) : left.repository < right.repository
        }
        tags = inOrder.map {
            SelectedTag(repository: $0.repository.description, tag: $0.tag, kept: $0.kept, reason: $0.reason)
        }
    }
}

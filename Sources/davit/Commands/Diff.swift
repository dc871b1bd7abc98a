import ArgumentParser
import Desired
import HTTP
import Plan
import Reconcile
import State

/// `davit diff`
struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what reconcile would do, why, and what it would cost.",
        discussion: "It reads both sides and writes nothing. Exit code 2 says that there are differences.")

    @OptionGroup var manifests: ManifestOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var look: LookOptions
    @OptionGroup var part: ShardOptions

    @Option(
        help: """
            How deep to look for the cost: none (heads and lists), estimate (source manifests too; bytes are an \
            upper bound), exact (every question that reconcile would ask).
            """)
    var cost: CostDepth?

    @Option(
        help: ArgumentHelp(
            "Write the plan to a file, to be applied by 'davit reconcile --plan'. It looks at exact depth.",
            valueName: "file"))
    var save: String?

    func validate() throws {
        guard save == nil || cost == nil || cost == .exact else {
            throw ValidationError("--save looks at exact depth: leave --cost out, or say --cost exact")
        }
    }

    func run() async throws {
        let asked = Asked(manifests: manifests, output: output, state: state, look: look, shard: part.shard)
        guard let save else { return try await Self.run(asked, cost ?? .estimate) }
        try await Self.run(asked, saving: save)
    }

    /// What a diff is asked for, be it by `reconcile --dry-run`.
    struct Asked {
        var manifests: ManifestOptions
        var output: OutputOptions
        var state: StateOptions
        var look: LookOptions
        var shard: Shard?
    }

    /// The diff, for `reconcile --dry-run` too.
    static func run(_ asked: Asked, _ cost: CostDepth) async throws {
        let run = Run(asked.output)
        let wiring = try Wiring(environment: run.environment, logger: run.console.logger)
        let (whole, unopened) = await wiring.resolved(try run.load(asked.manifests))
        let state = whole.limited(to: asked.shard)
        var options = Pass.Options()
        (options.cost, options.deep, options.shard) = (cost, asked.look.isDeep, asked.shard)
        options.store = run.openStore(asked.state, .consult, asked.shard)
        let lists = await ImageLists.read(state, wiring, unopened)
        let places = try wiring.places(for: lists.state)
        let (found, collisions) = await Pass(lists.state, places: places, options: options).diff()
        var plan = found
        lists.tell(&plan)
        await options.store?.close()
        try show(plan, collisions, run, asked.output, await wiring.meter.requests)
    }

    /// Prints a plan and ends the command with its exit code, or with 1 where it could not be saved.
    static func show(
        _ plan: PassPlan, _ collisions: [Collision], _ run: Run, _ output: OutputOptions,
        _ requests: [String: Int], _ isSaved: Bool = true
    ) throws {
        run.tell(faults: plan.faults, warnings: plan.warnings, collisions: collisions.map(\.description))
        let exitCode = !collisions.isEmpty ? 65 : isSaved ? plan.exitCode : 1
        if output.output == .json {
            var document = DiffDocument(plan, requests: requests)
            document.collisions = collisions.map(\.description)
            document.exitCode = exitCode
            try run.console.print(JSONOutput.document(document))
        } else if collisions.isEmpty {
            try run.console.print(DiffText(plan: plan, console: run.console).text)
        }
        if exitCode != 0 { throw ExitCode(exitCode) }
    }
}

extension CostDepth: ExpressibleByArgument {}

/// A diff as JSON.
struct DiffDocument: Encodable {
    let version = 1
    var plan: PassPlan
    var totals: Cost
    var counts: [String: Int]
    var requests: [String: Int]
    var collisions: [String] = []
    var exitCode: Int32

    init(_ plan: PassPlan, requests: [String: Int]) {
        self.plan = plan
        totals = plan.total
        counts = Dictionary(uniqueKeysWithValues: Verdict.allCases.map { ($0.rawValue, plan.count($0)) })
        self.requests = requests
        exitCode = plan.exitCode
    }
}

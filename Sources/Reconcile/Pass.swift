import Desired
import OCI
import Plan
import Registry
import State

/// One run of rules: lists, looks, plans and, unless it is a diff, copies, as one pipeline.
///
/// Sources are listed first, so that collisions are refused before anything moves. Then images flow: the first
/// are copied while later ones are still being looked at.
public struct Pass: Sendable {
    let rules: [Replication]
    private let acknowledged: [String: Set<String>]
    let surveyor: Surveyor
    let places: Places
    let options: Options
    let listener: @Sendable (PassEvent) async -> Void

    /// How a pass runs.
    public struct Options: Sendable {
        /// How deep a diff looks; a pass that copies looks at everything.
        public var cost = CostDepth.estimate
        /// How many images may be read ahead of the plan's position.
        public var window = 256
        /// How long a look's own requests may take while the images after it wait and nothing else happens; after
        /// that it steps to the end of the order.
        public var patience = Duration.seconds(5)
        /// What earlier passes remembered; a pass without it asks for more.
        public var store: Store?
        /// How the wait before a round of retries is spent.
        public var pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

        /// Images that look in sync are looked at behind their tags, at the destination.
        public var deep = false

        /// The defaults.
        public init() {}
    }

    /// - Parameters:
    ///   - state: the rules, and what the manifests say of registries.
    ///   - places: the opened registries.
    ///   - listener: is told what happens, in the order in which it does.
    public init(
        _ state: DesiredState, places: Places, options: Options = Options(),
        listener: @escaping @Sendable (PassEvent) async -> Void = { _ in }
    ) {
        rules = state.rules
        acknowledged = Dictionary(
            state.rules.map { ($0.name, $0.acknowledge) }, uniquingKeysWith: { first, _ in first })
        surveyor = Surveyor(places: places, registries: state.registries)
        self.places = places
        self.options = options
        self.listener = listener
    }

    /// Lists and selects, no more.
    public func survey() async -> Survey { await surveyor.survey(rules) }

    /// What a reconcile would do.
    ///
    /// - Parameters:
    ///   - stop: ends it early; the plan then lacks images.
    ///   - record: is given each image with all that looking found, in the order of the plan.
    public func diff(
        stop: StopSignal = StopSignal(), record: (SavedPlan.Record) async -> Void = { _ in }
    ) async -> (plan: PassPlan, collisions: [Collision]) {
        let survey = await survey()
        var plan = PassPlan(cost: options.cost)
        plan.faults = survey.faults
        plan.warnings = survey.warnings
        guard survey.collisions.isEmpty else { return (plan, survey.collisions) }
        let observer = observer(options.cost, survey)
        var ledger = PlanLedger()
        let late = await flow(survey.claims, observer, stop: stop) { look in
            let planned = self.plan(look, &ledger)
            plan.images.append(planned)
            await record(SavedPlan.Record(look: look.image, plan: planned))
        }
        plan.warnings += Self.told(late) + PlatformWarnings.lines(plan.images)
        plan.lookRequests = await observer.counter.requests + survey.requests
        return (plan, [])
    }

    /// Makes the destinations what the rules say. A request to stop lets the images in flight end.
    public func reconcile(stop: StopSignal = StopSignal()) async -> PassReport {
        let survey = await survey()
        var report = PassReport()
        report.faults = survey.faults
        report.warnings = survey.warnings
        report.collisions = survey.collisions.map(\.description)
        guard survey.collisions.isEmpty else { return report }
        let observer = observer(.exact, survey)
        let executor = Executor(observer: observer, ledgers: Ledgers())
        let copier = Copier(pass: self, executor: executor, stop: stop) { claim, views in
            await observer.completed(await observer.heads(of: claim, views.view(of: claim, in: places)))
        }
        var ledger = PlanLedger()
        let late = await withDiscardingTaskGroup { group in
            await flow(survey.claims, observer, stop: stop) { look in
                await copier.submit(look, self.plan(look, &ledger), to: &group)
            }
        }
        report.warnings += Self.told(late)
        await copier.retry(ledger)
        report.images = await copier.outcomes(in: survey.claims)
        report.warnings += PlatformWarnings.lines(report.images)
        report.interrupted = Task.isCancelled || report.count(.cancelled) > 0
        report.lookRequests = await observer.counter.requests + survey.requests
        return report
    }

    private static func told(_ late: [String]) -> [String] {
        late.map { "\($0): its registries were slow to answer, so it was planned last" }
    }

    func plan(_ look: Look, _ ledger: inout PlanLedger) -> PlannedImage {
        Planner.plan(look.image, ledger: &ledger, acknowledged: acknowledged[look.image.claim.rule] ?? [])
    }
}

/// What happens in a pass, for whoever watches.
public enum PassEvent: Sendable {
    /// An image is being copied.
    case copying(PlannedImage)
    /// An image has come to its end.
    case ended(ImageOutcome)
    /// An image has failed and will be tried again at the end of the pass.
    case postponed(ImageOutcome)
    /// Failed images are tried again after a pause.
    case retrying(images: Int, round: Int)
}

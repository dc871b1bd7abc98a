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
        /// Images that look in sync are looked at behind their tags, at the destination.
        public var deep = false
        /// What earlier passes remembered; a pass without it asks for more.
        public var store: Store?
        /// Whether uploads that nobody goes on with are ended after the pass: not where some rules are left out,
        /// whose uploads they may be.
        public var sweepsUploads = true
        /// The part of the work that is this pass's; `nil`: all of it.
        public var shard: Shard?
        /// Why a rule may not write any more, asked before each image is copied; `nil`: it may.
        public var refusal: @Sendable (_ rule: String) async -> String? = { _ in nil }
        /// Seconds since 1970.
        public var now = Store.systemTime
        /// How waits are spent: before a round of retries, and before what others may have changed is read again.
        public var pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

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
        let places = places.recalling()
        surveyor = Surveyor(places: places, registries: state.registries, shard: options.shard)
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
        plan.shard = options.shard
        plan.faults = survey.faults
        plan.warnings = survey.warnings
        guard survey.collisions.isEmpty else { return (plan, survey.collisions) }
        let compared = await drifts(of: survey.claims)
        plan.drifts = compared.drifts
        plan.faults += compared.faults
        let observer = observer(options.cost, survey)
        var ledger = PlanLedger()
        let late = await flow(survey.claims, observer, stop: stop) { look in
            let planned = self.plan(look, &ledger)
            plan.images.append(planned)
            plan.warnings += look.notes
            await record(SavedPlan.Record(look: look.image, plan: planned))
        }
        plan.warnings += Self.told(late) + PlatformWarnings.lines(plan.images)
        plan.lookRequests = await requests(survey, observer)
        plan.pulls = await forecasts(of: plan)
        return (plan, [])
    }

    /// Makes the destinations what the rules say. A request to stop lets the images in flight end.
    public func reconcile(stop: StopSignal = StopSignal()) async -> PassReport {
        var survey = await survey()
        var report = PassReport()
        report.shard = options.shard
        report.collisions = survey.collisions.map(\.description)
        let observer = observer(.exact, survey)
        let executor = Executor(observer: observer, ledgers: Ledgers(places), pause: options.pause)
        let copier = Copier(pass: self, executor: executor, stop: stop) { claim, views in
            await observer.completed(await observer.heads(of: claim, views.view(of: claim, in: places)))
        }
        if survey.collisions.isEmpty {
            await listener(.selected(images: survey.claims.count))
            var ledger = PlanLedger()
            let copy = { (claims: [Claim]) async in
                let late = await withDiscardingTaskGroup { group in
                    await flow(claims, observer, stop: stop) { look in
                        report.warnings += look.notes
                        await copier.submit(look, self.plan(look, &ledger), to: &group)
                    }
                }
                report.warnings += Self.told(late)
                await copier.retry(ledger)
            }
            await copy(survey.claims)
            await listAgain(&survey, stop: stop, copy)
            report.images = await copier.outcomes(in: survey.claims)
            if await !stop.isRequested {
                // After the copying: a repository whose tags may not move from now on still takes what was planned.
                let settings = await enforceSettings(survey.claims)
                report.warnings += settings.changes
                report.faults += settings.faults
            }
            await sweep(survey.claims, report.images)
        }
        report.faults += await survey.faults + copier.outages.faults
        report.warnings = survey.warnings + report.warnings + Self.deferrals(report.images)
        report.warnings += PlatformWarnings.lines(report.images)
        report.interrupted = Task.isCancelled || report.count(.cancelled) > 0
        report.lookRequests = await requests(survey, observer)
        return report
    }

    /// Lists may have been asked for after the survey, too.
    private func requests(_ survey: Survey, _ observer: Observer) async -> Int {
        await observer.counter.requests + (survey.lists?.requests ?? survey.requests)
            + places.recalledRequests
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
    /// The sources are listed: so many images are wanted.
    case selected(images: Int)
    /// It is known what of an image is to be copied; it waits for its turn.
    case planned(PlannedImage)
    /// An image is being copied.
    case copying(PlannedImage)
    /// An image has come to its end.
    case ended(ImageOutcome)
    /// An image has failed and will be tried again at the end of the pass.
    case postponed(ImageOutcome)
    /// Failed images are tried again after a pause.
    case retrying(images: Int, round: Int)
    /// Rules whose lists failed are surveyed again, after so long at least.
    case relisting(rules: Int, again: Duration)
    /// A registry is down, so many images wait for it, and it is asked again after so long.
    case waiting(place: String, images: Int, again: Duration)
}

import Desired
import OCI
import Plan
import Registry

extension Pass {
    /// How a saved plan is applied.
    public struct Applying: Sendable {
        /// What does not fit any more is left out, instead of keeping all else from being done.
        public var skipsStale = false
        /// A source tag that was moved since the plan was made keeps its image from being copied.
        public var isStrict = false

        /// The defaults.
        public init() {}
    }

    /// Does what a saved plan says, and nothing else.
    ///
    /// Before the first write both sides of every planned image are compared with the plan. Where one does not fit,
    /// nothing is written, or all else, as was asked. What was read of the source is not read again.
    public func apply(_ plan: SavedPlan, _ how: Applying = Applying(), stop: StopSignal = StopSignal()) async
        -> PassReport
    {
        let check = PlanCheck(places: places, isStrict: how.isStrict)
        let standings = await standings(of: plan, check, stop)
        var report = PassReport()
        report.shard = options.shard
        report.faults = plan.summary.faults
        report.warnings = plan.summary.warnings + Self.told(plan, standings)
        await listener(.selected(images: plan.images.count))
        let observer = Observer(places: places, depth: .exact, store: options.store)
        let looks = SavedLooks(plan: plan, check: check)
        let executor = Executor(
            observer: observer, ledgers: Ledgers(places), pause: options.pause, isGuarded: true)
        let copier = Copier(pass: self, executor: executor, stop: stop, lookAgain: looks.again)
        let isRefused = !how.skipsStale && standings.values.contains(where: \.isRefusal)
        var ledger = PlanLedger()
        let views = RepositoryViews()
        await withDiscardingTaskGroup { group in
            for (index, image) in plan.images.enumerated() {
                // What could not be compared, since the pass is to end, is not done.
                let isKnown = !image.verdict.isChange || standings[index] != nil
                guard isKnown, await !stop.isRequested else { break }
                let look = await looks.look(at: image, standings[index], views, places)
                let planned = self.plan(look, &ledger)
                if isRefused, planned.verdict.isChange {
                    await copier.skip(look, planned)
                } else {
                    await copier.submit(look, planned, to: &group)
                }
            }
        }
        if !isRefused { await copier.retry(ledger) }
        report.images = await copier.outcomes(in: plan.images.map(\.claim))
        await sweep(plan.images.map(\.claim), report.images)
        report.faults += await copier.outages.faults
        report.interrupted = Task.isCancelled || report.count(.cancelled) > 0
        report.lookRequests =
            await observer.counter.requests + check.counter.requests + places.recalledRequests
        return report
    }

    /// What applying a saved plan would do now.
    public func preview(_ plan: SavedPlan, _ how: Applying = Applying(), stop: StopSignal = StopSignal())
        async
        -> PassPlan
    {
        let check = PlanCheck(places: places, isStrict: how.isStrict)
        let standings = await standings(of: plan, check, stop)
        let looks = SavedLooks(plan: plan, check: check)
        var result = PassPlan(cost: .exact)
        result.shard = options.shard
        result.faults = plan.summary.faults
        result.warnings = plan.summary.warnings + Self.told(plan, standings)
        var ledger = PlanLedger()
        let views = RepositoryViews()
        for (index, image) in plan.images.enumerated() {
            let look = await looks.look(at: image, standings[index], views, places)
            var planned = self.plan(look, &ledger)
            if let error = look.error, error.kind == .stale { planned.verdict = .blocked }
            if planned.verdict.isChange {
                // Its manifests are in the plan, and each tag is asked for once more before it is put.
                planned.cost.pulls = 0
                let tags = planned.steps.count {
                    $0.action == .putSignatureTag
                        || ($0.action == .putTag && image.claim.overwrite == .always)
                }
                planned.cost.requests += tags
            }
            result.images.append(planned)
        }
        result.lookRequests = await check.counter.requests + places.recalledRequests
        let misfits = standings.values.count(where: \.isRefusal)
        if misfits > 0, !how.skipsStale {
            result.warnings.append(
                "nothing will be done of this plan, since \(misfits) of its images do not fit any more;"
                    + " --skip-stale does the rest")
        }
        return result
    }

    /// How the planned images stand, by their place in the plan. What is not to be written is not looked at.
    private func standings(of plan: SavedPlan, _ check: PlanCheck, _ stop: StopSignal) async
        -> [Int: PlanCheck.Standing]
    {
        let planned = plan.images.indices.filter { plan.images[$0].verdict.isChange }
        let standings = await planned.mapBounded(by: 64) { index -> PlanCheck.Standing? in
            guard await !stop.isRequested else { return nil }
            return await check.standing(of: plan.images[index])
        }
        return Dictionary(uniqueKeysWithValues: zip(planned, standings)).compactMapValues(\.self)
    }

    /// The source tags that were moved and are not followed.
    private static func told(_ plan: SavedPlan, _ standings: [Int: PlanCheck.Standing]) -> [String] {
        standings.sorted { $0.key < $1.key }.compactMap { index, standing in
            guard case .fits(let now?) = standing, let planned = plan.images[index].source else { return nil }
            let claim = plan.images[index].claim
            let isNow = now.digest.map { "has moved to \($0.short)" } ?? "is gone"
            return
                "\(plan.images[index].destinationName): the source's tag \(claim.sourceTag) \(isNow) since the plan"
                + " was made; the planned \(planned.short) is copied"
        }
    }
}

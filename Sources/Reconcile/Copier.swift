import Desired
import HTTP
import OCI
import Plan
import Registry

/// Copies the images of one pass, keeps what became of each, and tries failed ones again at the end.
actor Copier {
    let pass: Pass
    let stop: StopSignal
    /// Looks at an image once more, before it is tried again.
    private let lookAgain: @Sendable (Claim, RepositoryViews) async -> Look
    private let executor: Executor
    private let bounds: [String: Bounds]
    private(set) var results: [Claim: ImageOutcome] = [:]
    /// Registries that are down, and who waits for them.
    var outages = Outages()
    /// How many images were taken in to be copied.
    private var submitted = 0
    /// Images that a copy of was begun.
    private var begun: Set<Claim> = []
    /// Images that are to be tried again, and how long their registries ask to wait before that.
    private var failures: [(claim: Claim, retryAfter: Duration)] = []
    /// What all that is planned brings, once the flow has ended.
    private var ledger = PlanLedger()
    /// No image is tried again whose registry asks for a longer wait.
    private static let longestWait = Duration.seconds(300)
    private let retries: [String: Int]

    /// How much of one rule may be under way: no rule takes another one's places.
    private struct Bounds {
        /// Images that are copied.
        var copying: Slots
        /// Images that wait for their turn, or are in it, with their manifests in memory.
        var pending: Slots

        init(copying: Int, pending: Int) {
            (self.copying, self.pending) = (Slots(limit: copying), Slots(limit: pending))
        }
    }

    init(
        pass: Pass, executor: Executor, stop: StopSignal,
        lookAgain: @escaping @Sendable (Claim, RepositoryViews) async -> Look
    ) {
        self.pass = pass
        self.executor = executor
        self.stop = stop
        self.lookAgain = lookAgain
        retries = Dictionary(
            pass.rules.map { ($0.name, $0.retries) }, uniquingKeysWith: { first, _ in first })
        bounds = Dictionary(
            pass.rules.map { ($0.name, Bounds(copying: $0.concurrency, pending: pass.options.window)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Takes a planned image: copies it in its turn, or notes at once that nothing is to be copied.
    nonisolated func submit(_ look: Look, _ planned: PlannedImage, to group: inout DiscardingTaskGroup) async
    {
        guard planned.verdict.isChange else {
            let outcome = ImageOutcome(planned)
            return await note(
                look.error.map(outcome.failed) ?? outcome, of: look.image.claim, error: look.error)
        }
        await pass.listener(.planned(planned))
        let pending = bounds[look.image.claim.rule]?.pending
        do { try await pending?.take() } catch {
            return await run(look, planned, executor, tries: 1)
        }
        // In the order of the plan, which counts on it: a later image takes over what this one's repository has.
        let executor = await nextExecutor()
        await executor.learn(look.image)
        group.addTask {
            await self.run(look, planned, executor, tries: 1)
            await pending?.give()
        }
    }

    /// Leaves out an image of a plan that is refused as a whole.
    func skip(_ look: Look, _ planned: PlannedImage) async {
        var outcome = ImageOutcome(planned)
        outcome.result = .skipped
        outcome.reason = "nothing is done of a plan that does not fit in part"
        await note(outcome, of: look.image.claim, error: nil)
    }

    /// An executor for the image that is next in the order of the plan.
    private func nextExecutor() -> Executor {
        submitted += 1
        var executor = executor
        executor.order = submitted
        return executor
    }

    private nonisolated func run(
        _ look: Look, _ planned: PlannedImage, _ executor: Executor, tries: Int
    ) async {
        var outcome = ImageOutcome(planned)
        outcome.tries = tries
        var failure: RegistryError?
        do throws(RegistryError) { try await inTurn(look, planned, executor, &outcome) } catch {
            failure = error
            outcome = outcome.failed(error)
        }
        await note(outcome, of: look.image.claim, error: failure)
    }

    private func begin(_ claim: Claim) { begun.insert(claim) }

    private nonisolated func inTurn(
        _ look: Look, _ planned: PlannedImage, _ executor: Executor, _ outcome: inout ImageOutcome
    ) async throws(RegistryError) {
        let claim = look.image.claim
        do {
            // Whose rule is not of this pass has no turn.
            guard let copying = bounds[claim.rule]?.copying else { throw CancellationError() }
            try await copying.holding {
                guard await !stop.isRequested else { throw CancellationError() }
                if let reason = await pass.options.refusal(claim.rule) {
                    (outcome.result, outcome.reason) = (.skipped, reason)
                    return
                }
                await pass.listener(.copying(planned))
                await begin(claim)
                let start = ContinuousClock.now
                var moved = Executor.Moved()
                defer { outcome.add(moved, seconds: (ContinuousClock.now - start).inSeconds) }
                try await executor.copy(look, &moved)
            }
        } catch let error as RegistryError {
            throw error
        } catch {
            throw RegistryError(
                .cancelled, at: look.image.destinationPlace, while: "copy",
                "\(claim.destinationRepository):\(claim.destinationTag)",
                detail: "the pass was ended before its turn")
        }
    }

    private func note(_ outcome: ImageOutcome, of claim: Claim, error: RegistryError?) async {
        var outcome = outcome
        if let earlier = results[claim] { outcome.add(earlier, hasWritten: begun.contains(claim)) }
        results[claim] = outcome
        if let error, let outage = error.outage, retries[claim.rule] ?? 0 > 0,
            outages.wait(claim, for: error.place, outage)
        {
            return await pass.listener(.postponed(outcome))
        }
        let retryAfter = error?.retryAfter ?? .zero
        guard error?.isTransient == true, outcome.tries <= retries[claim.rule] ?? 0,
            retryAfter <= Self.longestWait
        else { return await pass.listener(.ended(outcome)) }
        failures.append((claim, retryAfter))
        await pass.listener(.postponed(outcome))
    }

    /// Tries transient failures again, in rounds, each after a longer pause, and waits for registries that are
    /// down. A wish to stop ends the pauses, too: what is then not tried again stays failed for its own cause.
    func retry(_ planned: PlanLedger) async {
        ledger = planned
        var round = 0
        var isStopped = false
        repeat {
            while !failures.isEmpty {
                round += 1
                guard await retryFailures(round) else { break }
            }
            await awaitReturns()
            isStopped = await stop.isRequested || Task.isCancelled
        } while !failures.isEmpty && !isStopped
        for claim in failures.map(\.claim) {
            if let outcome = results[claim] { await pass.listener(.ended(outcome)) }
        }
        failures.removeAll()
    }

    /// One round; false where a wish to stop came before it.
    private func retryFailures(_ round: Int) async -> Bool {
        await pass.listener(.retrying(images: failures.count, round: round))
        let longest = Duration.seconds(min(1 << min(round, 5), 30))
        let asked = failures.map(\.retryAfter).max() ?? .zero
        await stop.pause(max(longest * Double.random(in: 0.5...1), asked), pass.options.pause)
        guard await !stop.isRequested, !Task.isCancelled else { return false }
        let due = failures.map { (claim: $0.claim, tries: (results[$0.claim]?.tries ?? 1) + 1) }
        failures.removeAll()
        await retryAll(due)
        return true
    }

    /// Tries images again, those of each rule as many at once as it copies, and none in the place of another's: each
    /// is read in its turn, so that no more than these are in memory.
    func retryAll(_ due: [(claim: Claim, tries: Int)]) async {
        await forgetFailures()
        let views = RepositoryViews()
        let byRule = Array(Dictionary(grouping: due) { $0.claim.rule })
        _ = await byRule.mapBounded(by: byRule.count) { rule, due in
            _ = await due.mapBounded(by: self.readAhead(rule)) {
                await self.retry($0.claim, tries: $0.tries, views)
            }
        }
    }

    /// Lists that failed may be there now: an image that is tried again must not fail for what was remembered.
    /// What lists told may be the very cause of a failure.
    func forgetFailures() async {
        await executor.observer.book.lists.forgetFailures()
        await pass.places.forget()
    }

    /// How many images of a rule are looked at side by side when they are tried again.
    private nonisolated func readAhead(_ rule: String) -> Int {
        max(16, pass.rules.first { $0.name == rule }?.concurrency ?? 1)
    }

    nonisolated func retry(_ claim: Claim, tries: Int, _ views: RepositoryViews) async {
        let look = await lookAgain(claim, views)
        let planned = await plan(look)
        if planned.verdict.isChange {
            await executor.learn(look.image)
            return await run(look, planned, executor, tries: tries)
        }
        var outcome = look.error.map(ImageOutcome(planned).failed) ?? ImageOutcome(planned)
        outcome.tries = tries
        await note(outcome, of: claim, error: look.error)
    }

    private func plan(_ look: Look) -> PlannedImage { pass.plan(look, &ledger) }

    /// What became of the images, in the order of the plan.
    ///
    /// An image that was never looked at, since the pass was ended before, is among them as cancelled.
    func outcomes(in claims: [Claim]) -> [ImageOutcome] {
        claims.map { results[$0] ?? ImageOutcome(cancelled: $0) }
    }
}

extension Duration {
    /// The time in seconds, for reports.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

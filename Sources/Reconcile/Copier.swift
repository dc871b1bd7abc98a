import Desired
import HTTP
import OCI
import Plan
import Registry

/// Copies the images of one pass, keeps what became of each, and tries failed ones again at the end.
actor Copier {
    private let pass: Pass
    private let observer: Observer
    private let stop: StopSignal
    private let executor: Executor
    private let turns: [String: Slots]
    /// Bounds how many images wait for their turn with their manifests in memory.
    private let pending: Slots
    private var results: [Claim: ImageOutcome] = [:]
    /// Images that a copy of was begun.
    private var begun: Set<Claim> = []
    /// Images that are to be tried again.
    private var failures: [Claim] = []
    private let retries: [String: Int]

    init(pass: Pass, observer: Observer, stop: StopSignal) {
        self.pass = pass
        self.observer = observer
        self.stop = stop
        retries = Dictionary(
            pass.rules.map { ($0.name, $0.retries) }, uniquingKeysWith: { first, _ in first })
        executor = Executor(observer: observer, ledgers: Ledgers())
        turns = Dictionary(
            pass.rules.map { ($0.name, Slots(limit: $0.concurrency)) },
            uniquingKeysWith: { first, _ in first })
        pending = Slots(limit: pass.options.window)
    }

    /// Takes a planned image: copies it in its turn, or notes at once that nothing is to be copied.
    nonisolated func submit(_ look: Look, _ planned: PlannedImage, to group: inout DiscardingTaskGroup) async
    {
        guard planned.verdict.isChange else {
            let outcome = ImageOutcome(planned)
            return await note(
                look.error.map(outcome.failed) ?? outcome, of: look.image.claim, error: look.error)
        }
        do { try await pending.take() } catch {
            return await run(look, planned, tries: 1)
        }
        // In the order of the plan, which counts on it: a later image takes over what this one's repository has.
        await executor.learn(look.image)
        group.addTask {
            await self.run(look, planned, tries: 1)
            await self.pending.give()
        }
    }

    private nonisolated func run(_ look: Look, _ planned: PlannedImage, tries: Int) async {
        var outcome = ImageOutcome(planned)
        outcome.tries = tries
        var failure: RegistryError?
        do throws(RegistryError) { try await inTurn(look, planned, &outcome) } catch {
            failure = error
            outcome = outcome.failed(error)
        }
        await note(outcome, of: look.image.claim, error: failure)
    }

    private func begin(_ claim: Claim) { begun.insert(claim) }

    private nonisolated func inTurn(_ look: Look, _ planned: PlannedImage, _ outcome: inout ImageOutcome)
        async throws(RegistryError)
    {
        let claim = look.image.claim
        do {
            try await (turns[claim.rule] ?? pending).holding {
                guard await !stop.isRequested else { throw CancellationError() }
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
        guard error?.isTransient == true, outcome.tries <= retries[claim.rule] ?? 0 else {
            return await pass.listener(.ended(outcome))
        }
        failures.append(claim)
        await pass.listener(.postponed(outcome))
    }

    /// Tries transient failures again, in rounds, each after a longer pause.
    func retry(_ ledger: inout PlanLedger) async {
        var round = 0
        while !failures.isEmpty, await !stop.isRequested, !Task.isCancelled {
            round += 1
            let due = failures
            failures.removeAll()
            await pass.listener(.retrying(images: due.count, round: round))
            let longest = Duration.seconds(min(1 << round, 30))
            guard (try? await pass.options.pause(longest * Double.random(in: 0.5...1))) != nil else { return }
            let tries = round + 1
            let looks = await due.mapBounded(by: 16) { [observer] claim in
                let look = await observer.heads(of: claim, RepositoryView(unknown: 1))
                return observer.needsContent(look.image) ? await observer.content(of: look) : look
            }
            var plans: [(Look, PlannedImage)] = []
            for look in looks { plans.append((look, pass.plan(look, &ledger))) }
            _ = await plans.mapBounded(by: 64) { look, planned in
                if planned.verdict.isChange { return await self.run(look, planned, tries: tries) }
                var outcome = look.error.map(ImageOutcome(planned).failed) ?? ImageOutcome(planned)
                outcome.tries = tries
                await self.note(outcome, of: look.image.claim, error: look.error)
            }
        }
    }

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

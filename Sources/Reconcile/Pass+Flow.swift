import Desired
import HTTP
import OCI
import Plan
import Registry

extension Pass {
    private enum Arrival: Sendable {
        case look(Observer.Event, at: ContinuousClock.Instant)
        case tick(at: ContinuousClock.Instant)
        case allLooked
    }

    /// Looks at images side by side and hands them on in the order of the plan, until the end or a wish to stop:
    /// looks that are under way then end, and what was not handed on is left. Returns the names of those that
    /// came so late that they stepped to the end.
    func flow(
        _ claims: [Claim], _ observer: Observer, stop: StopSignal = StopSignal(), take: (Look) async -> Void
    ) async -> [String] {
        var late: [String] = []
        let (arrivals, sink) = AsyncStream<Arrival>.makeStream()
        let gate = LookGate(window: options.window)
        let ticks = Slots(limit: 1)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await look(at: claims, observer, gate) { sink.yield(.look($0, at: .now)) }
                sink.yield(.allLooked)
            }
            group.addTask { await tick(ticks) { sink.yield(.tick(at: .now)) } }
            var fold = OrderedFold<Look>(patience: options.patience)
            for await arrival in arrivals {
                guard await !stop.isRequested else { break }
                var turn: [Look] = []
                switch arrival {
                case .look(let event, let time): turn = Self.tell(fold: &fold, event, time)
                case .tick(let time):
                    turn = fold.tick(at: time)
                    await ticks.give()
                case .allLooked:
                    sink.finish()
                    for look in fold.rest() {
                        // What failed since a registry is down says so by itself.
                        if look.error?.kind != .down { late.append(look.image.destinationName) }
                        await take(await observer.completed(look))
                    }
                }
                for look in turn { await take(look) }
                // The copying may have held this up for long: that is no look's fault.
                if !turn.isEmpty { fold.resumed(at: .now) }
                await gate.advance(to: fold.position)
            }
            group.cancelAll()
            await gate.open()
        }
        return late
    }

    /// Tells the time now and then, but not again before the last telling was heard.
    private func tick(_ ticks: Slots, _ tell: () -> Void) async {
        while (try? await ticks.take()) != nil, (try? await Task.sleep(for: options.patience / 5)) != nil {
            tell()
        }
    }

    private static func tell(
        fold: inout OrderedFold<Look>, _ event: Observer.Event, _ time: ContinuousClock.Instant
    ) -> [Look] {
        switch event {
        case .begun(let index): fold.begun(index, at: time)
        case .paused(let index): fold.paused(index, at: time)
        case .found(let index, let look):
            // Of late ones there may be many: they are kept without their content, which is read when it is needed.
            return fold.offer(index, fold.isLate(index) ? look.withoutContent : look, at: time)
        }
        return []
    }

    private func look(
        at claims: [Claim], _ observer: Observer, _ gate: LookGate,
        tell: @escaping @Sendable (Observer.Event) -> Void
    ) async {
        let views = RepositoryViews()
        _ = await Self.groups(of: claims).mapBounded(by: 64) { group in
            guard let first = group.first?.claim else { return }
            // Two names of one registry lead to one view of it.
            let place = (try? places.backend(first.destinationRegistry))?.place ?? first.destinationRegistry
            let view = await views.view(
                of: first.destinationRepository, at: place, expecting: group.count)
            await observer.look(at: group, view, gate, tell: tell)
        }
    }

    /// Neighbours in the order that share a rule and a destination repository.
    private static func groups(of claims: [Claim]) -> [[Numbered]] {
        var groups: [[Numbered]] = []
        for (index, claim) in claims.enumerated() {
            let entry = Numbered(index: index, claim: claim)
            if let last = groups.last?.last?.claim, last.rule == claim.rule,
                last.destinationRegistry == claim.destinationRegistry,
                last.destinationRepository == claim.destinationRepository
            {
                groups[groups.count - 1].append(entry)
            } else {
                groups.append([entry])
            }
        }
        return groups
    }
}

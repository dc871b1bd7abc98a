import Desired
import OCI
import Plan
import Registry

extension Pass {
    private enum Arrival: Sendable {
        case look(Int, Look)
        case tick
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
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await look(at: claims, observer, gate) { sink.yield(.look($0, $1)) }
                sink.yield(.allLooked)
            }
            group.addTask {
                while (try? await Task.sleep(for: .seconds(1))) != nil { sink.yield(.tick) }
            }
            var fold = OrderedFold<Look>(patience: options.patience)
            for await arrival in arrivals {
                guard await !stop.isRequested else { break }
                var turn: [Look] = []
                switch arrival {
                case .look(let index, let look): turn = fold.offer(index, look, now: .now)
                case .tick: turn = fold.tick(now: .now)
                case .allLooked:
                    turn = fold.rest()
                    late = turn.map(\.image.destinationName)
                    sink.finish()
                }
                for look in turn { await take(look) }
                await gate.advance(to: fold.position)
            }
            group.cancelAll()
            await gate.open()
        }
        return late
    }

    private func look(
        at claims: [Claim], _ observer: Observer, _ gate: LookGate,
        found: @escaping @Sendable (Int, Look) -> Void
    ) async {
        let views = RepositoryViews()
        _ = await Self.groups(of: claims).mapBounded(by: 64) { group in
            guard let first = group.first?.claim else { return }
            // Two names of one registry lead to one view of it.
            let place = (try? places.backend(first.destinationRegistry))?.place ?? first.destinationRegistry
            let view = await views.view(
                of: first.destinationRepository, at: place, expecting: group.count)
            await observer.look(at: group, view, gate, found: found)
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

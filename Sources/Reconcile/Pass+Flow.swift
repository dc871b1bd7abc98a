import Desired
import OCI

extension Pass {
    private enum Arrival: Sendable {
        case look(Int, Look)
        case tick
        case allLooked
    }

    /// Looks at images side by side and hands them on in the order of the plan.
    func flow(_ claims: [Claim], _ observer: Observer, take: (Look) async -> Void) async {
        let (arrivals, sink) = AsyncStream<Arrival>.makeStream()
        let gate = LookGate(window: options.window)
        let looking = Task {
            await look(at: claims, observer, gate) { sink.yield(.look($0, $1)) }
            sink.yield(.allLooked)
        }
        let ticking = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                sink.yield(.tick)
            }
        }
        await withTaskCancellationHandler {
            var fold = OrderedFold<Look>(count: claims.count)
            for await arrival in arrivals {
                var turn: [Look] = []
                switch arrival {
                case .look(let index, let look): turn = fold.offer(index, look, now: .now)
                case .tick: turn = fold.tick(now: .now)
                case .allLooked:
                    turn = fold.rest()
                    sink.finish()
                }
                for look in turn { await take(look) }
                await gate.advance(to: fold.position)
            }
        } onCancel: {
            looking.cancel()
        }
        ticking.cancel()
    }

    private func look(
        at claims: [Claim], _ observer: Observer, _ gate: LookGate,
        found: @escaping @Sendable (Int, Look) -> Void
    ) async {
        let views = RepositoryViews()
        _ = await Self.groups(of: claims).mapBounded(by: 64) { group in
            guard let first = group.first?.claim else { return }
            let view = await views.view(
                of: first.destinationRepository, at: first.destinationRegistry, expecting: group.count)
            // Which neighbour answers for an image's blobs must not depend on the order in which heads come.
            let differing = await observer.look(at: group, view) { found($0, $1) }
            _ = await differing.mapBounded(by: 16) { index, look in
                await gate.pass(index)
                found(index, await observer.content(of: look))
            }
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

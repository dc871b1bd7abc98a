import Desired
import HTTP
import Registry

extension Copier {
    /// Waits for the registries that are down, each for as long as is borne, and copies what waited for those that
    /// come back. One image asks for all; the others are not even looked at until it was answered.
    func awaitReturns() async {
        while !outages.places.isEmpty {
            for place in outages.places {
                guard let scout = outages.takeOne(place) else { continue }
                await forgetFailures()
                await retry(scout, tries: tries(of: scout), RepositoryViews())
                if !outages.isWaiting(scout, for: place) {
                    await retryAll(outages.takeAll(place).map { ($0, tries(of: $0)) })
                } else if outages.isHopeless(place) {
                    await end(outages.giveUp(place))
                }
            }
            let waits = outages.places.compactMap { outages[$0]?.nextProbe }
            guard let pause = waits.min() else { continue }
            for place in outages.places {
                await pass.listener(.waiting(place: place, images: outages.count(place), again: pause))
            }
            await stop.pause(max(pause, .milliseconds(10)), pass.options.pause)
            guard await !stop.isRequested, !Task.isCancelled else { break }
        }
        for place in outages.places { await end(outages.giveUp(place)) }
    }

    /// Waiting is no try.
    private func tries(of claim: Claim) -> Int { results[claim]?.tries ?? 1 }

    private func end(_ claims: [Claim]) async {
        for claim in claims {
            if let outcome = results[claim] { await pass.listener(.ended(outcome)) }
        }
    }
}

import Desired
import HTTP
import OCI
import Plan
import Registry

extension Pass {
    /// Rules whose lists failed in a way that may pass are surveyed again at the end, in rounds, each after a
    /// longer pause; of a registry that is down as long as is waited for one.
    ///
    /// Images that would collide with what is wanted already are left, and told: something may have moved by then.
    func listAgain(
        _ survey: inout Survey, stop: StopSignal, _ take: ([Claim]) async -> Void
    ) async {
        var round = 0
        while !survey.unlisted.isEmpty, round < 20 {
            round += 1
            let due = survey.unlisted.filter { name, error in
                if let outage = error.outage { return outage.elapsed < Outage.patience }
                return round <= rules.first { $0.name == name }?.retries ?? 0
            }
            guard !due.isEmpty else { return }
            let asked = due.values.compactMap { $0.outage?.nextProbe ?? $0.retryAfter }.max() ?? .zero
            await listener(.relisting(rules: due.count, again: asked))
            let longest = Duration.seconds(min(1 << min(round, 5), 30))
            await stop.pause(max(longest * Double.random(in: 0.5...1), asked), options.pause)
            guard await !stop.isRequested, !Task.isCancelled else { return }
            let lists = survey.lists ?? ListMemo(places)
            await lists.forgetFailures()
            await places.forget()
            let again = await surveyor.survey(rules.filter { due[$0.name] != nil }, lists)
            await take(survey.renew(Set(due.keys), with: again, host: surveyor.host))
        }
    }
}

extension Survey {
    /// Puts what was found of some rules in the place of what was found before; returns the claims that are new.
    mutating func renew(_ names: Set<String>, with again: Survey, host: (String) -> String) -> [Claim] {
        faults.removeAll { fault in names.contains { fault.hasPrefix("rule \($0): ") } }
        warnings.removeAll { warning in names.contains { warning.hasPrefix("rule \($0): ") } }
        faults += again.faults
        warnings += again.warnings
        for name in names { unlisted[name] = again.unlisted[name] }
        decisions.merge(again.decisions) { _, new in new }
        requests = again.requests
        var fresh = Array(Surveyor.merged(claims + again.claims, host: host).dropFirst(claims.count))
        let collisions = Selection.collisions(among: claims + fresh, host: host)
        let refused = Set(collisions.flatMap { [$0.first, $0.second] })
        faults += collisions.map { "\($0); the one that was listed late is not copied" }
        fresh.removeAll { refused.contains($0) }
        claims += fresh
        return fresh
    }
}

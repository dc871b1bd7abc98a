import Desired
import OCI

extension Survey {
    /// Keeps what is a shard's own.
    mutating func keep(_ shard: Shard, _ scope: ShardScope, _ rules: [Replication]) {
        var known: [RepositoryName: Bool] = [:]
        func isOwn(_ repository: RepositoryName) -> Bool {
            if let answer = known[repository] { return answer }
            let answer = shard.owns(repository)
            known[repository] = answer
            return answer
        }
        claims.removeAll { !isOwn($0.destinationRepository) }
        for rule in rules {
            decisions[rule.name]?.removeAll { decision in
                guard decision.kept else { return !scope.mayOwn(decision.repository, of: rule) }
                return !decision.destinations.contains { place in
                    let repository = place.lastIndex(of: ":").map { String(place[..<$0]) } ?? place
                    return (try? RepositoryName(repository)).map(isOwn) ?? true
                }
            }
        }
    }
}

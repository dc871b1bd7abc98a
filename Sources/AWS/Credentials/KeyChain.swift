/// Several places to look for keys, in their order; whichever had some is the one that is asked again.
actor KeyChain: KeyProvider {
    private let providers: [any KeyProvider]
    private var chosen: (any KeyProvider)?

    init(_ providers: [any KeyProvider]) { self.providers = providers }

    func find() async throws(AWSError) -> Finding {
        if let chosen {
            if case .found(let keys) = try await chosen.find() { return .found(keys) }
            // What it had is gone: the others may have some now.
            self.chosen = nil
        }
        var reasons: [String] = []
        for provider in providers {
            switch try await provider.find() {
            case .found(let keys):
                chosen = provider
                return .found(keys)
            case .absent(let reason): reasons.append(reason)
            }
        }
        return .absent(reasons.joined(separator: "; "))
    }
}

import OCI
import State

/// What choices of platforms come to: read once from an index, and known from then on, since a digest's content never
/// changes. With State that is so from pass to pass.
///
/// It answers what the destination is expected to have. Where it is wrong, the two sides differ, and the index is read.
actor SubsetMemo {
    private var known: [String: PlatformSubset] = [:]
    private let store: Store?

    private let recalls: Bool

    /// - Parameters:
    ///   - store: what remembers from pass to pass.
    ///   - recalls: whether what earlier passes remembered is believed; what this one finds is remembered anyway.
    init(_ store: Store? = nil, recalls: Bool = true) {
        self.store = store
        self.recalls = recalls
    }

    /// What a choice leaves of an image, where that is known.
    func subset(of digest: Digest, by choice: PlatformChoice) async -> PlatformSubset? {
        let key = Self.key(digest, choice)
        if let known = known[key] { return known }
        guard recalls, let text = await store?.recall(.subset, [key])[key],
            let subset = PlatformSubset(text: text)
        else { return nil }
        known[key] = subset
        return subset
    }

    /// Remembers what a choice leaves.
    func remember(_ subset: PlatformSubset, of digest: Digest, by choice: PlatformChoice) async {
        let key = Self.key(digest, choice)
        guard known.updateValue(subset, forKey: key) != subset else { return }
        await store?.remember(.subset, [key: subset.text])
    }

    /// The number in front changes when the same choice comes to something else than before.
    private static func key(_ digest: Digest, _ choice: PlatformChoice) -> String {
        "1 \(digest) \(choice)"
    }
}

import OCI
import State

/// What choices of platforms come to: read once from an index, and known from then on, since a digest's content never
/// changes. With State that is so from pass to pass.
///
/// It answers what the destination is expected to have. Where it is wrong, the two sides differ, and the index is read.
actor SubsetMemo {
    private var known: [String: PlatformSubset] = [:]
    private let store: Store?

    /// - Parameter store: what remembers from pass to pass.
    init(_ store: Store? = nil) { self.store = store }

    /// What a choice leaves of an image, where that is known.
    func subset(of digest: Digest, by choice: PlatformChoice) async -> PlatformSubset? {
        let key = Self.key(digest, choice)
        if let known = known[key] { return known }
        guard let text = await store?.recall(.subset, [key])[key], let subset = PlatformSubset(text: text)
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

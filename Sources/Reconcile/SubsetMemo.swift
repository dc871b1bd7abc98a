import OCI

/// What choices of platforms come to: read once from an index, and known from then on, since a digest's content never
/// changes.
///
/// It answers what the destination is expected to have. Where it is wrong, the two sides differ, and the index is read.
actor SubsetMemo {
    private var known: [String: PlatformSubset] = [:]

    /// What a choice leaves of an image, where that is known.
    func subset(of digest: Digest, by choice: PlatformChoice) async -> PlatformSubset? {
        known[Self.key(digest, choice)]
    }

    /// Remembers what a choice leaves.
    func remember(_ subset: PlatformSubset, of digest: Digest, by choice: PlatformChoice) async {
        known[Self.key(digest, choice)] = subset
    }

    /// The number in front changes when the same choice comes to something else than before.
    private static func key(_ digest: Digest, _ choice: PlatformChoice) -> String {
        "1 \(digest) \(choice)"
    }
}

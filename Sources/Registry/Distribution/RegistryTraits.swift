import OCI

/// What a pass has learned of a registry's habits, so that each is found out once.
actor RegistryTraits {
    /// A HEAD of a manifest tells no digest: manifests are fetched and hashed instead.
    private(set) var headTellsNoDigest = false
    /// Uploads must come in pieces of so many bytes, since a proxy or the registry refused a whole one.
    private(set) var pieceSize: Int64?
    /// Warnings already shown.
    private var warnings: Set<String> = []
    /// Uploads of which the registry would not tell how far they have come, and how often.
    private var vainAsks: [String: Int] = [:]

    /// Remembers that a HEAD had no digest.
    func sawNoDigest() { headTellsNoDigest = true }

    /// Remembers that a whole upload was too large.
    func sawTooLarge() { pieceSize = Self.smallPiece }

    /// Above the 5 MiB that some object stores ask for, below what proxies allow by habit.
    static let smallPiece: Int64 = 8 << 20

    /// How often it has been asked in vain by now how far an upload has come.
    func asked(inVain location: String) -> Int {
        vainAsks[location, default: 0] += 1
        return vainAsks[location, default: 0]
    }

    /// True the first time that a warning comes; at most 100 are told apart.
    func isNew(_ warning: String) -> Bool { warnings.count < 100 && warnings.insert(warning).inserted }
}

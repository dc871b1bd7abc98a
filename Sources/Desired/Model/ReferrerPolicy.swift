/// Which signatures and other referrers travel with an image, and when they are looked for anew.
public struct ReferrerPolicy: Sendable, Hashable, Codable {
    /// When an image that is in sync is looked at for what hangs on it.
    public var recheck: Recheck
    /// Patterns for the kinds that are copied (a manifest's `artifactType`, else the type of its config); none: all.
    public var types: [String]

    /// When to look again.
    public enum Recheck: Sendable, Hashable, Codable {
        /// Each time, and their content is compared as well.
        case always
        /// Each time, for what is missing.
        case onChange
        /// As `always`, once the last such look is so many seconds ago.
        case every(seconds: Int64)
    }

    /// The manual's default: all kinds, on change.
    public init(recheck: Recheck = .onChange, types: [String] = []) {
        self.recheck = recheck
        self.types = types
    }

    /// Whether a kind is copied.
    public func takes(_ type: String?) -> Bool {
        types.isEmpty || types.contains { Glob($0).matches(type ?? "") }
    }

    /// The one kind that is copied, where no pattern says more than that.
    public var onlyType: String? {
        types.count == 1 ? types.first.flatMap { Glob($0).literal } : nil
    }
}

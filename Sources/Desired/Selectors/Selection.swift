import OCI

/// What one rule selects, given what its source holds.
public struct Selection: Sendable {
    /// The wanted images, sorted by destination repository and tag, equal claims merged.
    public var claims: [Claim] = []
    /// Every tag that was looked at: repository, tag, kept or dropped, why, and where it goes.
    public var decisions: [Decision] = []
    /// Names that a template made and that no registry takes, and the like: one line each; the image is left
    /// out.
    public var faults: [String] = []

    /// One tag's fate, for `davit select`.
    public struct Decision: Sendable, Hashable {
        /// The repository at the source.
        public var repository: RepositoryName
        /// The tag there.
        public var tag: String
        /// It is wanted.
        public var kept: Bool
        /// The key that decided.
        public var reason: String
        /// Where it goes, as `repository:tag`: one place for each destination that the rule's entries name.
        public var destinations: [String]

        /// Records a decision.
        public init(
            repository: RepositoryName, tag: String, kept: Bool, reason: String, destinations: [String] = []
        ) {
            self.repository = repository
            self.tag = tag
            self.kept = kept
            self.reason = reason
            self.destinations = destinations
        }
    }

    /// Nothing yet.
    public init() {}
}

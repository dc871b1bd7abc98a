/// What `sortBy` can be.
public enum SortOrder: String, Sendable, Hashable, CaseIterable {
    /// By version.
    case semver
    /// By the number that the tag, or its `version` group, is.
    case number
    /// By name.
    case name
}

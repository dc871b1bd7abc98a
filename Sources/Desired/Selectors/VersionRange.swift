/// A range of versions, such as `>=3.18 <4` or `^1.2 || ~2.0`.
public struct VersionRange: Sendable, Hashable {
    /// The range, as written.
    public let text: String

    /// Reads a range, or says what is wrong with it.
    public init(_ text: String) throws(VersionRangeError) { self.text = text }
}

/// Why a text is no range of versions.
public struct VersionRangeError: Error, Equatable, CustomStringConvertible {
    /// The character it stands at, counted from 0.
    public var offset: Int
    /// One line for people.
    public var description: String
}

/// What `sortBy` can be.
public enum SortOrder: String, Sendable, Hashable, CaseIterable {
    /// By version.
    case semver
    /// By the number that the tag, or its `version` group, is.
    case number
    /// By name.
    case name
}

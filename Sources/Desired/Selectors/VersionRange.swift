/// A range of versions, such as `>=3.18 <4` or `^1.2 || ~2.0`.
public struct VersionRange: Sendable, Hashable {
    /// The range, as written.
    public let text: String
    /// A version must lie in all intervals of one alternative.
    private let alternatives: [[VersionInterval]]

    /// Reads a range, or says what is wrong with it.
    public init(_ text: String) throws(VersionRangeError) {
        alternatives = try VersionRangeParser.parse(text)
        self.text = text
    }

    /// Tells whether a version lies in the range; a pre-release does only where pre-releases count.
    public func contains(_ version: Version, prereleases: Bool) -> Bool {
        (prereleases || !version.isPrerelease) && position(of: version) == .inside
    }

    /// Where a version lies, pre-release or not.
    func position(of version: Version) -> VersionInterval.Position {
        var answer: VersionInterval.Position?
        for intervals in alternatives {
            let misses = intervals.lazy.map { $0.position(of: version) }
            guard let miss = misses.first(where: { $0 != .inside }) else { return .inside }
            answer = answer == nil || answer == miss ? miss : .outside
        }
        return answer ?? .outside
    }
}

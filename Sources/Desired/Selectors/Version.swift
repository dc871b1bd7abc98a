/// A version as tags spell it: an optional `v`, one to four numbers (missing ones are 0, leading zeros are
/// allowed, 18 digits at most), then perhaps `-` and a pre-release, then perhaps a build part, which no order
/// heeds. Since `+` can't stand in a tag, `_` starts a build part too, as Helm writes it.
public struct Version: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The numbers: major, minor, patch, and the fourth that some calendars and .NET use.
    let numbers: Numbers
    /// The identifiers of the pre-release, none for a release.
    let prerelease: [Identifier]

    /// Reads a version; `nil` where a text is none.
    public init?(_ text: String) {
        guard let spelling = VersionSpelling(text) else { return nil }
        self = spelling.version
    }

    init(_ numbers: Numbers, prerelease: [Identifier] = []) {
        self.numbers = numbers
        self.prerelease = prerelease
    }

    /// It comes before the release that it is named for.
    public var isPrerelease: Bool { !prerelease.isEmpty }

    /// The version in full, its build part left out.
    public var description: String {
        let fourth = numbers.fourth == 0 ? "" : ".\(numbers.fourth)"
        let suffix = prerelease.map(\.text).joined(separator: ".")
        return "\(numbers.major).\(numbers.minor).\(numbers.patch)\(fourth)"
            + (isPrerelease ? "-\(suffix)" : "")
    }

    /// Orders by SemVer 2.0's rules of precedence (section 11).
    public static func < (left: Version, right: Version) -> Bool {
        if left.numbers != right.numbers { return left.numbers < right.numbers }
        if left.isPrerelease != right.isPrerelease { return left.isPrerelease }
        return left.prerelease.lexicographicallyPrecedes(right.prerelease)
    }

    /// The numbers of a version.
    struct Numbers: Sendable, Hashable, Comparable {
        var major: UInt64 = 0
        var minor: UInt64 = 0
        var patch: UInt64 = 0
        var fourth: UInt64 = 0

        static func < (left: Numbers, right: Numbers) -> Bool {
            (left.major, left.minor, left.patch, left.fourth)
                < (right.major, right.minor, right.patch, right.fourth)
        }
    }

    /// One dot-separated part of a pre-release.
    struct Identifier: Sendable, Hashable, Comparable {
        /// As written; a number without leading zeros.
        let text: String
        let isNumber: Bool

        /// Numbers by value and before words, words by their bytes.
        static func < (left: Identifier, right: Identifier) -> Bool {
            guard left.isNumber == right.isNumber else { return left.isNumber }
            let counts = (left.text.utf8.count, right.text.utf8.count)
            if left.isNumber, counts.0 != counts.1 { return counts.0 < counts.1 }
            return left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
        }
    }
}

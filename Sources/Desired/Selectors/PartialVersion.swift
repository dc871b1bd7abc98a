/// A version in a range: where it has fewer than three numbers, or wildcards, it stands for all that begin
/// so.
struct PartialVersion {
    private let version: Version
    /// How many numbers were given; 0 says any version.
    let precision: Int
    /// It stands for many versions.
    private let isOpen: Bool

    /// Below every other version with the same numbers.
    private static let lowest = [Version.Identifier(text: "0", isNumber: true)]

    init?(_ text: Substring) {
        var parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let count = parts.count
        while let last = parts.last, ["x", "X", "*"].contains(last) { parts.removeLast() }
        let hasWildcard = parts.count < count
        guard count <= 4 || !hasWildcard else { return nil }
        guard !parts.isEmpty else {
            version = Version(Version.Numbers())
            precision = 0
            isOpen = true
            return
        }
        guard let spelling = VersionSpelling(parts.joined(separator: ".")) else { return nil }
        // `1.2-rc` and `1.*-rc` would be points where people mean ranges.
        guard !spelling.version.isPrerelease || (spelling.precision >= 3 && !hasWildcard) else { return nil }
        version = spelling.version
        precision = spelling.precision
        isOpen = hasWildcard || spelling.precision < 3
    }

    /// From here on, this included; `nil`: from the first version on.
    var start: VersionInterval.Bound? {
        guard precision > 0 else { return nil }
        let first = isOpen ? Version(version.numbers, prerelease: Self.lowest) : version
        return VersionInterval.Bound(version: first, isIncluded: true)
    }

    /// Up to here; where it stands for many versions, the last of them is meant.
    var end: VersionInterval.Bound? {
        isOpen ? next(after: precision) : VersionInterval.Bound(version: version, isIncluded: true)
    }

    func interval(for sign: String) -> VersionInterval {
        switch sign {
        case ">=": VersionInterval(lower: start)
        case "<=": VersionInterval(upper: end)
        case ">": VersionInterval(lower: end.map { .init(version: $0.version, isIncluded: !$0.isIncluded) })
        case "<": VersionInterval(upper: start.map { .init(version: $0.version, isIncluded: false) })
        case "~": VersionInterval(lower: start, upper: next(after: min(precision, 2)))
        case "^": VersionInterval(lower: start, upper: next(after: firstCount))
        case "!=": VersionInterval(lower: start, upper: end, isInverted: true)
        default: VersionInterval(lower: start, upper: end)
        }
    }

    /// How many numbers `^` holds fast: up to the first that is not 0.
    private var firstCount: Int {
        let numbers = version.numbers
        if numbers.major > 0 || precision == 1 { return 1 }
        return numbers.minor > 0 || precision == 2 ? 2 : 3
    }

    /// The first version whose leading numbers are greater, its pre-releases included: `next(after: 1)` of
    /// 1.2 is 2.0.0-0. It does not belong to what comes before.
    private func next(after count: Int) -> VersionInterval.Bound? {
        guard count > 0 else { return nil }
        let old = version.numbers
        let numbers =
            switch count {
            case 1: Version.Numbers(major: old.major + 1)
            case 2: Version.Numbers(major: old.major, minor: old.minor + 1)
            default: Version.Numbers(major: old.major, minor: old.minor, patch: old.patch + 1)
            }
        return VersionInterval.Bound(version: Version(numbers, prerelease: Self.lowest), isIncluded: false)
    }
}

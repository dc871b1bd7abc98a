/// The versions between two bounds, or all but those.
struct VersionInterval: Sendable, Hashable {
    /// The lower bound and whether it belongs to them.
    var lower: Bound?
    /// The upper bound and whether it belongs to them.
    var upper: Bound?
    /// All but those between the bounds.
    var isInverted = false

    struct Bound: Sendable, Hashable {
        var version: Version
        var isIncluded: Bool
    }

    /// Where a version lies, seen from an interval or a range.
    enum Position: Sendable {
        case lower
        case inside
        case higher
        case outside
    }

    func position(of version: Version) -> Position {
        var position = Position.inside
        if let lower, version < lower.version || (version == lower.version && !lower.isIncluded) {
            position = .lower
        } else if let upper, version > upper.version || (version == upper.version && !upper.isIncluded) {
            position = .higher
        }
        guard isInverted else { return position }
        return position == .inside ? .outside : .inside
    }
}

/// A tag on its way through the pipeline, with what is known of it so far.
struct TagCandidate {
    let tag: String
    /// Its place among all tags of the list, in natural order.
    let place: Int
    /// What `semver` and `sortBy` read: the group `version`, where the pattern has one, else the tag.
    var value: String?
    var version: Version?
    /// The keys that let it through.
    var passed: [String] = []

    /// The number that its value is, as digits without leading zeros.
    var number: Substring? {
        guard let value, !value.isEmpty, value.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else {
            return nil
        }
        return value.drop { $0 == "0" }
    }

    /// It can be ordered so at all.
    func sorts(by order: SortOrder) -> Bool {
        switch order {
        case .semver: version != nil
        case .number: number != nil
        case .name: value != nil
        }
    }

    /// Tells whether it comes before another one in an order; equal ones keep their natural order.
    func precedes(_ other: TagCandidate, by order: SortOrder) -> Bool {
        switch order {
        case .semver:
            if let version, let second = other.version, version != second { return version < second }
        case .number:
            if let number, let second = other.number, number != second {
                let counts = (number.utf8.count, second.utf8.count)
                return counts.0 == counts.1 ? number < second : counts.0 < counts.1
            }
        case .name:
            if let value, let second = other.value, value != second { return value < second }
        }
        return place < other.place
    }
}

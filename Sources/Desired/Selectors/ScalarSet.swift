/// The characters that a class such as `[a-z]` or `\d` stands for.
struct ScalarSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var others: [ClosedRange<UInt32>] = []

    static let last: UInt32 = 0x10FFFF
    static let digits = [range("0", "9")]
    static let words = [range("0", "9"), range("A", "Z"), range("a", "z"), range("_", "_")]
    static let blanks = [range("\t", "\n"), range("\u{C}", "\r"), range(" ", " ")]
    /// What `.` stands for: everything but the end of a line.
    static let anything = ScalarSet(complement(of: [range("\n", "\n")]))

    init(_ ranges: [ClosedRange<UInt32>]) {
        for range in ranges {
            if range.upperBound >= 128 { others.append(range) }
            guard range.lowerBound < 128 else { continue }
            for value in range.lowerBound...min(range.upperBound, 127) {
                if value < 64 { low |= 1 << UInt64(value) } else { high |= 1 << UInt64(value - 64) }
            }
        }
    }

    func contains(_ value: UInt32) -> Bool {
        if value < 64 { return low >> UInt64(value) & 1 == 1 }
        if value < 128 { return high >> UInt64(value - 64) & 1 == 1 }
        return others.contains { $0.contains(value) }
    }

    static func range(_ first: Unicode.Scalar, _ last: Unicode.Scalar) -> ClosedRange<UInt32> {
        min(first.value, last.value)...max(first.value, last.value)
    }

    /// All that some ranges leave out.
    static func complement(of ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        return next <= last ? result + [next...last] : result
    }

    /// The same ranges with the other case of every ASCII letter in them.
    static func folded(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        ranges.flatMap { part in
            let lower = shifted(part.clamped(to: range("A", "Z")), in: part, by: 32)
            let upper = shifted(part.clamped(to: range("a", "z")), in: part, by: -32)
            return [part] + [lower, upper].compactMap { $0 }
        }
    }

    private static func shifted(
        _ letters: ClosedRange<UInt32>, in part: ClosedRange<UInt32>, by distance: Int
    ) -> ClosedRange<UInt32>? {
        // `clamped` answers with a bound where two ranges do not meet.
        guard part.overlaps(letters) else { return nil }
        return UInt32(Int(letters.lowerBound) + distance)...UInt32(Int(letters.upperBound) + distance)
    }
}

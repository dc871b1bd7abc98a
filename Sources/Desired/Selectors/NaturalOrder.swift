import OCI

/// A text as it is ordered for people: runs of digits count as numbers, so that `v9` comes before `v10`.
/// Texts that differ in leading zeros alone are ordered by their bytes: no two different ones are equal.
struct NaturalOrder: Comparable {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    static func < (left: NaturalOrder, right: NaturalOrder) -> Bool {
        let a = left.bytes
        let b = right.bytes
        var i = 0
        var j = 0
        while i < a.count, j < b.count {
            if isDigit(a[i]), isDigit(b[j]) {
                let first = number(in: a, at: &i)
                let second = number(in: b, at: &j)
                if first.count != second.count { return first.count < second.count }
                if !first.elementsEqual(second) { return first.lexicographicallyPrecedes(second) }
            } else {
                if a[i] != b[j] { return a[i] < b[j] }
                i += 1
                j += 1
            }
        }
        if i < a.count || j < b.count { return j < b.count }
        return a.lexicographicallyPrecedes(b)
    }

    /// Reads the digits at a place, moves behind them, and leaves out their leading zeros.
    private static func number(in bytes: [UInt8], at index: inout Int) -> ArraySlice<UInt8> {
        var start = index
        while index < bytes.count, isDigit(bytes[index]) { index += 1 }
        while start < index, bytes[start] == UInt8(ascii: "0") { start += 1 }
        return bytes[start..<index]
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}

/// Tells whether a text comes before another for people, who read runs of digits as numbers: `v9` before
/// `v10`.
public func naturallyPrecedes(_ left: String, _ right: String) -> Bool {
    NaturalOrder(left) < NaturalOrder(right)
}

/// Tells whether a tag comes before another for people, who read runs of digits as numbers: `v9` before
/// `v10`.
public func naturallyPrecedes(_ left: Tag, _ right: Tag) -> Bool {
    naturallyPrecedes(left.description, right.description)
}

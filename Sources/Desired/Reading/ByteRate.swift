/// A rate such as `100MiB/s`, as manifests write it.
struct ByteRate: Hashable {
    let bytesPerSecond: Int64

    /// Below it no body would ever end.
    private static let least: Int64 = 16 << 10
    /// No line carries more.
    private static let most: Int64 = 1 << 40

    /// Reads a whole number and its unit, with nothing between them.
    init(_ text: String) throws(ByteRateError) {
        guard let unit = ByteSize.units.first(where: { text.hasSuffix($0.name + "/s") }) else {
            throw .noRate(text)
        }
        let digits = text.dropLast(unit.name.count + 2)
        guard !digits.isEmpty, digits.utf8.count <= 12, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let count = Int64(digits)
        else { throw .noRate(text) }
        let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: unit.bytes)
        guard !isTooLarge, bytes <= Self.most else { throw .tooLarge(text) }
        guard bytes >= Self.least else { throw .tooSmall(text) }
        bytesPerSecond = bytes
    }
}

/// Why a text is no rate.
enum ByteRateError: Error, Hashable, CustomStringConvertible {
    /// It is written differently.
    case noRate(String)
    /// It is less than makes sense.
    case tooSmall(String)
    /// It is more than can be.
    case tooLarge(String)

    var description: String {
        switch self {
        case .noRate(let text):
            "\(text.quoted) is no rate: write a whole number and a unit, such as '100MiB/s' (KiB, MiB, GiB, kB, MB, GB)"
        case .tooSmall(let text): "\(text.quoted) is too slow: the least is '16KiB/s'"
        case .tooLarge(let text): "\(text.quoted) is too fast: leave the key out where there is no limit"
        }
    }
}

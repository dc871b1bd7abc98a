/// A number of bytes such as `64MiB`, as manifests write it.
struct ByteSize {
    let bytes: Int64

    /// What a number may be followed by.
    static let units: [(name: String, bytes: Int64)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1_000), ("MB", 1_000_000),
        ("GB", 1_000_000_000),
    ]

    /// Reads a whole number and its unit, which is never left out.
    init(_ text: String) throws(ByteSizeError) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), digits.first != "0",
            let unit = Self.units.first(where: { $0.name == text.dropFirst(digits.count) })
        else { throw ByteSizeError(text: text) }
        let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: unit.bytes)
        guard !isTooLarge else { throw ByteSizeError(text: text) }
        self.bytes = bytes
    }
}

/// A text that is no number of bytes.
struct ByteSizeError: Error, CustomStringConvertible {
    let text: String

    var description: String {
        "\(text.quoted) is no size: write a whole number and a unit, such as '64MiB' (KiB, MiB, GiB, kB, MB, GB)"
    }
}

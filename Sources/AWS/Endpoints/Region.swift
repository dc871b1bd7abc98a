import Registry

/// A place where AWS runs, by name: `eu-west-1`.
public struct Region: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// Reads a name: it becomes a part of a host's, so it may hold letters, digits and hyphens alone.
    public init(_ text: String) throws(RegionError) {
        let isLabel = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard isLabel, (1...63).contains(text.utf8.count), !text.hasPrefix("-"), !text.hasSuffix("-") else {
            throw RegionError(text: text)
        }
        description = text
    }

    /// Where a partition's global services are signed for.
    init(globalOf partition: Partition) { description = partition.globalRegion }

    /// The part of AWS that it lies in.
    public var partition: Partition { Partition(ofRegion: description) }
}

/// A text that is no region's name.
public struct RegionError: Error, Hashable, CustomStringConvertible {
    /// The text.
    public let text: String

    /// One line for people.
    public var description: String {
        "'\(text.printable(atMost: 60))' is no region; it should look like eu-west-1"
    }
}

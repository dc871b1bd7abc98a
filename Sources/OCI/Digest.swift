/// The name of content by its own hash: `algorithm:hex` (image-spec, descriptor.md, "Digests").
public struct Digest: CheckedText {
    /// The hash function that made it.
    public let algorithm: HashAlgorithm
    /// The whole text, as registries spell it.
    public let description: String

    /// Reads a digest, or says what is wrong with it.
    public init(_ text: String) throws(DigestError) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { throw .noAlgorithm(text) }
        guard let algorithm = HashAlgorithm(rawValue: String(text[..<colon])) else {
            throw .unknownAlgorithm(text)
        }
        let hex = text.utf8[text.utf8.index(after: colon)...]
        guard hex.count == algorithm.hexLength else { throw .badLength(text, wanted: algorithm.hexLength) }
        guard hex.allSatisfy(Self.isLowerHex) else { throw .badCharacter(text) }
        self.algorithm = algorithm
        description = text
    }

    /// The hexadecimal part alone.
    public var hex: String { String(description.utf8.dropFirst(algorithm.rawValue.utf8.count + 1)) ?? "" }

    /// The first characters of the hexadecimal part, for people.
    public var short: String { algorithm.rawValue + ":" + hex.prefix(12) }

    static func isLowerHex(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    /// A digest whose parts are known to be right.
    init(algorithm: HashAlgorithm, hex: String) {
        self.algorithm = algorithm
        description = algorithm.rawValue + ":" + hex
    }
}

/// A movable name for a manifest inside one repository (distribution-spec, "Pulling manifests").
public struct Tag: CheckedText {
    /// The name as the registry spells it.
    public let description: String

    /// Reads a tag, or says what is wrong with it.
    public init(_ text: String) throws(TagError) {
        guard let first = text.utf8.first else { throw .empty }
        guard text.utf8.count <= 128 else { throw .tooLong(text.utf8.count) }
        guard first != UInt8(ascii: "."), first != UInt8(ascii: "-") else { throw .badStart(text) }
        guard text.utf8.allSatisfy(Self.allows) else { throw .badCharacter(text) }
        description = text
    }

    /// True of the tags that carry an image's signatures or referrers rather than an image:
    /// `sha256-<64 hex>` (sha512 likewise), alone or with `.sig`, `.att` or `.sbom`.
    ///
    /// A longer digest is cut to 64 characters there, as a tag has room for no more
    /// (distribution-spec, "Referrers Tag Schema").
    public var isInternal: Bool {
        let text = description
        for algorithm in HashAlgorithm.allCases where text.hasPrefix(algorithm.rawValue + "-") {
            let rest = text.utf8.dropFirst(algorithm.rawValue.utf8.count + 1)
            guard rest.prefix(64).count == 64, rest.prefix(64).allSatisfy(Digest.isLowerHex) else { continue }
            return ["", ".sig", ".att", ".sbom"].contains(String(rest.dropFirst(64)))
        }
        return false
    }

    /// A tag whose text is known to be right.
    init(known text: String) { description = text }

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// Why a text is no tag.
public enum TagError: Error, Equatable, CustomStringConvertible {
    /// There is nothing.
    case empty
    /// It has more than 128 characters.
    case tooLong(Int)
    /// It begins with `.` or `-`.
    case badStart(String)
    /// It holds something else than letters, digits, `_`, `.` and `-`.
    case badCharacter(String)

    /// One line for people.
    public var description: String {
        switch self {
        case .empty: "a tag can't be empty"
        case .tooLong(let count): "a tag has at most 128 characters, this one has \(count)"
        case .badStart(let text): "'\(text)' is no tag: it can't begin with '.' or '-'"
        case .badCharacter(let text):
            "'\(text)' is no tag: only letters, digits, '_', '.' and '-' may stand in one"
        }
    }
}

/// Why a text is no digest.
public enum DigestError: Error, Equatable, CustomStringConvertible {
    /// There is no `algorithm:` in front.
    case noAlgorithm(String)
    /// The hash function is not one that this program can check.
    case unknownAlgorithm(String)
    /// The encoded part has a wrong length.
    case badLength(String, wanted: Int)
    /// The encoded part holds something else than `0-9a-f`.
    case badCharacter(String)

    /// One line for people.
    public var description: String {
        switch self {
        case .noAlgorithm(let text): "'\(text)' is no digest: it must begin with 'sha256:' or 'sha512:'"
        case .unknownAlgorithm(let text): "'\(text)' is no digest of a known kind: only sha256 and sha512 are"
        case .badLength(let text, let wanted):
            "'\(text)' is no digest: \(wanted) hex characters must follow the ':'"
        case .badCharacter(let text): "'\(text)' is no digest: only 0-9 and a-f may follow the ':'"
        }
    }
}

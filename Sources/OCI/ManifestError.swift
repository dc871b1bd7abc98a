/// Why the bytes that a registry sent are no manifest that can be copied.
public enum ManifestError: Error, Equatable, CustomStringConvertible {
    /// The JSON is broken, or a part that must be there is missing or wrong.
    case malformed(String)
    /// Docker's schema 1, which registries rewrite on the way and which no digest survives.
    case schema1
    /// A kind of manifest that davit does not know, so that it can't tell what hangs on it.
    case unsupported(MediaType)
    /// The answer's Content-Type and the document's `mediaType` differ.
    case disagreement(sent: MediaType, written: MediaType)

    /// One line for people.
    public var description: String {
        switch self {
        case .malformed(let what): "the manifest is malformed: \(what)"
        case .schema1:
            "the manifest is of Docker's schema 1, which can't be copied unchanged; push the image anew"
        case .unsupported(let type): "the manifest is of a kind that davit does not know: \(type)"
        case .disagreement(let sent, let written):
            "the registry calls the manifest \(sent), the manifest calls itself \(written)"
        }
    }
}

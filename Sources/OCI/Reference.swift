/// How a manifest is asked for inside a repository: by the tag that moves or the digest that does not.
public enum Reference: Hashable, Sendable, CustomStringConvertible {
    /// By tag.
    case tag(Tag)
    /// By digest.
    case digest(Digest)

    /// The text that stands in a request's path.
    public var description: String {
        switch self {
        case .tag(let tag): tag.description
        case .digest(let digest): digest.description
        }
    }

    /// The digest, where the reference is one.
    public var digest: Digest? {
        if case .digest(let digest) = self { digest } else { nil }
    }
}

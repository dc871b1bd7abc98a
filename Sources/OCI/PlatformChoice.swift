import FoundationEssentials

/// Which platforms of an image are wanted, and in what form.
public struct PlatformChoice: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The platforms; one that several of them mean is wanted once.
    public var selectors: [PlatformSelector]
    /// The one image itself is wanted, and no index around it.
    public var flattens: Bool

    /// Chooses platforms.
    public init(_ selectors: [PlatformSelector], flattens: Bool = false) {
        self.selectors = selectors
        self.flattens = flattens
    }

    /// The same text for the same choice, whatever the order in which it was written.
    public var description: String {
        (flattens ? "flattened " : "") + Set(selectors.map(\.description)).sorted().joined(separator: ", ")
    }
}

/// What a choice of platforms makes of one image of the source.
public struct PlatformSubset: Sendable, Hashable, Codable {
    /// What the destination is to have; nothing where the source has nothing that was chosen.
    public var digest: Digest?
    /// What was chosen and the source does not have.
    public var missing: [PlatformSelector] = []
    /// Manifests of the source that are left out, and so is what is about them.
    public var dropped: [Digest] = []
    /// Why there is nothing.
    public var refusal: String?

    /// A choice that leaves this.
    public init(_ digest: Digest, missing: [PlatformSelector] = [], dropped: [Digest] = []) {
        self.digest = digest
        self.missing = missing
        self.dropped = dropped
    }

    /// A choice that can't be met.
    public init(refusal: String) { self.refusal = refusal }
}

extension PlatformSubset {
    /// Reads what `text` wrote; nothing where that was written by another hand.
    public init?(text: String) {
        guard let known = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)),
            (known.digest == nil) == (known.refusal != nil)
        else { return nil }
        self = known
    }

    /// The subset as one line, to be kept.
    public var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

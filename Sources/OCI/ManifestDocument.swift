/// A manifest as it came: its bytes, which are never written anew, and what they say.
public struct ManifestDocument: Hashable, Sendable {
    /// The bytes that the digest was made of.
    public let bytes: [UInt8]
    /// What the registry or the document calls itself.
    public let mediaType: MediaType
    /// What the bytes hash to.
    public let digest: Digest
    /// What stands in it.
    public let content: Content

    /// What a manifest holds.
    public enum Content: Hashable, Sendable {
        /// An image or artifact: its config, if it has one, and its layers, in order.
        case image(config: Descriptor?, layers: [Descriptor])
        /// A list of other manifests, in order.
        case index([Descriptor])
    }

    /// Every blob to be copied with this manifest: each once, in order, foreign layers left out.
    public var blobs: [Descriptor] {
        guard case .image(let config, let layers) = content else { return [] }
        var seen: Set<Digest> = []
        return ((config.map { [$0] } ?? []) + layers).filter {
            !$0.mediaType.isForeign && seen.insert($0.digest).inserted
        }
    }

    /// The manifests that an index names: each once, in order.
    public var children: [Descriptor] {
        guard case .index(let manifests) = content else { return [] }
        var seen: Set<Digest> = []
        return manifests.filter { seen.insert($0.digest).inserted }
    }

    /// The descriptor of the whole document.
    public var descriptor: Descriptor {
        Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
    }

    /// Compares bytes, by their digest.
    public static func == (left: ManifestDocument, right: ManifestDocument) -> Bool {
        left.digest == right.digest && left.mediaType == right.mediaType
    }

    /// Hashes the digest.
    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

import OCI

/// What a destination lacks of an image whose tag is right: the registry lost it behind the tag, or never checked.
public struct Loss: Sendable, Hashable, Codable {
    /// Manifests that are gone, or whose bytes are not their own any more.
    public var manifests: [Digest]
    /// Blobs that are gone.
    public var blobs: [Digest]

    /// Names what is lost.
    public init(manifests: [Digest], blobs: [Digest]) {
        self.manifests = manifests
        self.blobs = blobs
    }

    /// `2 blobs and 1 manifest are missing: sha256:…`, for people.
    var reason: String {
        let all = (manifests + blobs).map(\.short)
        let counts = [(blobs.count, "blob"), (manifests.count, "manifest")].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
        return counts.joined(separator: " and ") + (all.count == 1 ? " is" : " are") + " missing: "
            + all.prefix(4).joined(separator: ", ") + (all.count > 4 ? ", …" : "")
    }
}

extension ObservedImage {
    /// All that the destination lost, of the image and of what hangs on it.
    var losses: Loss? {
        let all = [loss].compactMap(\.self) + referrers.compactMap(\.loss)
        guard !all.isEmpty else { return nil }
        func once(_ digests: [Digest]) -> [Digest] {
            var seen: Set<Digest> = []
            return digests.filter { seen.insert($0).inserted }
        }
        return Loss(manifests: once(all.flatMap(\.manifests)), blobs: once(all.flatMap(\.blobs)))
    }
}

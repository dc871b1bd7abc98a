/// What a request asks a registry for.
public struct Route: Hashable, Sendable {
    /// The kinds of resources that the distribution API knows.
    public enum Kind: String, Sendable, CaseIterable {
        /// `/v2/`
        case ping
        /// `/v2/_catalog`
        case catalog
        /// The tags of a repository.
        case tags = "tags/list"
        /// The referrers of a manifest.
        case referrers
        /// A manifest by its digest.
        case manifestByDigest = "manifest by digest"
        /// A manifest by the tag that stands for a digest (`sha256-…`).
        case manifestByDigestTag = "manifest by sha256- tag"
        /// A manifest by its tag.
        case manifestByTag = "manifest by tag"
        /// A blob.
        case blob
        /// The begin of an upload.
        case uploadStart = "upload start"
        /// A mount from another repository.
        case mount
        /// An upload that is begun and ended by one request.
        case uploadInOne = "upload in one POST"
        /// A piece, the end or the state of an upload.
        case upload
        /// Anything else.
        case other
    }

    /// The kind of the resource.
    public let kind: Kind
    /// The repository, where there is one.
    public let repository: String?
    /// The tag, digest or upload, where there is one.
    public let reference: String?

    /// Reads a request's target.
    public init(_ target: String) {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = halves.count > 1 ? halves[1] : ""
        var parts = halves[0].split(separator: "/").map { String($0) }
        guard parts.first == "v2" else {
            self.init(.other)
            return
        }
        parts.removeFirst()
        if parts.isEmpty || parts == ["_catalog"] {
            self.init(parts.isEmpty ? .ping : .catalog)
            return
        }
        let last = parts.removeLast()
        let before = parts.popLast()
        let name = { parts.joined(separator: "/") }
        switch (before, last) {
        case ("tags", "list"): self.init(.tags, name())
        case ("blobs", "uploads"): self.init(Self.start(query), name())
        case ("uploads", _) where parts.last == "blobs":
            parts.removeLast()
            self.init(.upload, parts.joined(separator: "/"), last)
        case ("referrers", _): self.init(.referrers, name(), last)
        case ("blobs", _): self.init(.blob, name(), last)
        case ("manifests", _) where last.contains(":"): self.init(.manifestByDigest, name(), last)
        case ("manifests", _) where last.hasPrefix("sha256-"): self.init(.manifestByDigestTag, name(), last)
        case ("manifests", _): self.init(.manifestByTag, name(), last)
        default: self.init(.other)
        }
    }

    private init(_ kind: Kind, _ repository: String? = nil, _ reference: String? = nil) {
        self.kind = kind
        self.repository = repository
        self.reference = reference
    }

    private static func start(_ query: Substring) -> Kind {
        if query.contains("mount=") { return .mount }
        return query.contains("digest=") ? .uploadInOne : .uploadStart
    }
}

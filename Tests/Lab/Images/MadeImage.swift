/// A manifest or index with its name.
public struct MadeManifest: Sendable {
    /// Its media type.
    public let mediaType: String
    /// Its bytes.
    public let bytes: [UInt8]
    /// Its digest.
    public let digest: String

    /// Names the bytes of a manifest.
    public init(_ json: String, mediaType: String, by algorithm: Algorithm = .sha256) {
        self.mediaType = mediaType
        bytes = Array(json.utf8)
        digest = Lab.digest(of: bytes, by: algorithm)
    }

    /// The descriptor that an index, or a subject, names it by.
    func descriptor(_ more: String = "") -> String {
        #"{"mediaType":"\#(mediaType)","digest":"\#(digest)","size":\#(bytes.count)\#(more)}"#
    }
}

/// One tag with all that hangs under it, ready to be pushed.
public struct MadeImage: Sendable {
    /// The repository it is meant for.
    public var repository: String
    /// The tag on its topmost manifest.
    public var tag: String
    /// Everything that manifests name, lowest layers first; foreign layers are not among them.
    public var blobs: [MadeBlob]
    /// Its manifests, children before parents.
    public var manifests: [MadeManifest]

    /// Puts parts together.
    public init(repository: String, tag: String, blobs: [MadeBlob], manifests: [MadeManifest]) {
        self.repository = repository
        self.tag = tag
        self.blobs = blobs
        self.manifests = manifests
    }

    /// The digest that the tag points at.
    public var digest: String { manifests.last?.digest ?? "" }
}

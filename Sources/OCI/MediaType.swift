/// What a blob or manifest is, by the name that registries give it.
public struct MediaType: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    /// The name, without parameters.
    public let rawValue: String

    /// Takes the name as it stands.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Takes the name from a Content-Type field: what follows a `;` is dropped, letters are lowered.
    public init(contentType: String) {
        rawValue = contentType.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
    }

    /// The name.
    public var description: String { rawValue }

    /// An OCI image manifest (image-spec, manifest.md).
    public static let ociManifest = MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    /// An OCI image index (image-spec, image-index.md).
    public static let ociIndex = MediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    /// A Docker image manifest, version 2, schema 2.
    public static let dockerManifest = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    /// A Docker manifest list.
    public static let dockerList = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.list.v2+json")
    /// The artifact manifest of the OCI 1.1 release candidates, still found in registries.
    public static let ociArtifact = MediaType(rawValue: "application/vnd.oci.artifact.manifest.v1+json")

    /// The manifests that davit copies, in the order in which it asks for them.
    public static let manifests: [MediaType] = [
        .ociIndex, .dockerList, .ociManifest, .dockerManifest, .ociArtifact,
    ]

    /// True of a list of other manifests.
    public var isIndex: Bool { self == .ociIndex || self == .dockerList }

    /// True of layers that their publisher does not allow a registry to hand on; they are never copied.
    public var isForeign: Bool {
        rawValue.hasPrefix("application/vnd.oci.image.layer.nondistributable.")
            || rawValue == "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
            || rawValue == "application/vnd.docker.image.rootfs.foreign.diff.tar"
    }
}

extension MediaType: Codable {
    /// Reads the name.
    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

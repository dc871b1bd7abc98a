import FoundationEssentials

/// One manifest that names another as its subject, as a list of referrers tells it.
public struct ReferrerEntry: Hashable, Sendable {
    /// The manifest.
    public let descriptor: Descriptor
    /// What it says to be: the manifest's `artifactType`, else the type of its config.
    public let artifactType: String?
    /// The descriptor as it stands in the list, annotations and all.
    public let bytes: [UInt8]
    /// It may be one: a manifest, and none of a platform's.
    let isReferrer: Bool

    init(_ bytes: [UInt8]) throws {
        struct More: Decodable {
            struct Anything: Decodable { init(from decoder: any Decoder) {} }
            var artifactType: String?
            var platform: Anything?
        }
        let decoder = JSONDecoder()
        descriptor = try decoder.decode(Descriptor.self, from: Data(bytes))
        let more = try decoder.decode(More.self, from: Data(bytes))
        artifactType = more.artifactType
        isReferrer = more.platform == nil && MediaType.manifests.contains(descriptor.mediaType)
        self.bytes = bytes
    }

    init(_ descriptor: Descriptor, artifactType: String?, bytes: [UInt8]) {
        self.descriptor = descriptor
        self.artifactType = artifactType
        self.bytes = bytes
        isReferrer = MediaType.manifests.contains(descriptor.mediaType)
    }
}

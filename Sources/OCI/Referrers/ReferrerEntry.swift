import FoundationEssentials

/// One manifest that names another as its subject, as a list of referrers tells it.
public struct ReferrerEntry: Hashable, Sendable {
    /// The manifest.
    public let descriptor: Descriptor
    /// What it says to be: the manifest's `artifactType`, else the type of its config.
    public let artifactType: String?
    /// The descriptor as it stands in the list, annotations and all.
    public let bytes: [UInt8]

    init(_ bytes: [UInt8]) throws {
        struct Type: Decodable { var artifactType: String? }
        let decoder = JSONDecoder()
        descriptor = try decoder.decode(Descriptor.self, from: Data(bytes))
        artifactType = try decoder.decode(Type.self, from: Data(bytes)).artifactType
        self.bytes = bytes
    }
}

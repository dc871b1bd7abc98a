import FoundationEssentials

extension ReferrerEntry {
    private struct Written: Encodable {
        var mediaType: MediaType
        var digest: Digest
        var size: Int64
        var artifactType: String?
        var annotations: [String: String]?
    }

    /// An entry for what is known of a manifest otherwise than by a list.
    public init(
        _ descriptor: Descriptor, artifactType: String?, annotations: [String: String]? = nil
    ) {
        let written = Written(
            mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.size,
            artifactType: artifactType, annotations: annotations)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = (try? encoder.encode(written)).map { [UInt8]($0) } ?? []
        self.init(descriptor, artifactType: artifactType, bytes: bytes)
    }

    /// The entry that a list would have of a manifest (distribution-spec, "Listing Referrers").
    public init(of document: ManifestDocument) {
        struct Notes: Decodable { var annotations: [String: String]? }
        let notes = try? JSONDecoder().decode(Notes.self, from: Data(document.bytes))
        self.init(
            document.descriptor, artifactType: Attachment(of: document).artifactType,
            annotations: notes?.annotations)
    }
}

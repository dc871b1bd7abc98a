import FoundationEssentials

extension ManifestDocument {
    /// Reads a manifest that a registry sent.
    ///
    /// - Parameters:
    ///   - bytes: the body, as it came.
    ///   - contentType: the answer's Content-Type, where there was one; the document's own `mediaType` must agree.
    ///   - algorithm: the hash function of the digest that it was asked by.
    public init(bytes: [UInt8], contentType: String?, algorithm: HashAlgorithm = .sha256)
        throws(ManifestError)
    {
        let written: Written
        do {
            written = try JSONDecoder().decode(Written.self, from: Data(bytes))
        } catch {
            throw .malformed(Self.reason(error))
        }
        let mediaType = try written.mediaType(contentType: contentType)
        self.bytes = bytes
        self.mediaType = mediaType
        digest = Digest(hashing: bytes, by: algorithm)
        content = try written.content(as: mediaType)
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has a wrong type"
        case DecodingError.dataCorrupted(let context):
            context.underlyingError.map { "\($0)" } ?? context.debugDescription
        default: "\(error)"
        }
    }

    /// The parts of a manifest that davit reads; the rest is carried in the bytes alone.
    private struct Written: Decodable {
        var schemaVersion: Int?
        var mediaType: String?
        var config: Descriptor?
        var layers: [Descriptor]?
        var blobs: [Descriptor]?
        var manifests: [Descriptor]?
        var fsLayers: [Anything]?

        /// Something that is there and is not looked at.
        struct Anything: Decodable {
            init(from decoder: any Decoder) {}
        }

        func mediaType(contentType: String?) throws(ManifestError) -> MediaType {
            guard fsLayers == nil, schemaVersion != 1 else { throw .schema1 }
            let sent = contentType.map { MediaType(contentType: $0) }.flatMap { type in
                MediaType.manifests.contains(type) ? type : nil
            }
            let own = mediaType.map { MediaType(rawValue: $0) }
            if let sent, let own, sent != own { throw .disagreement(sent: sent, written: own) }
            if let type = own ?? sent { return type }
            if let contentType, MediaType(contentType: contentType).rawValue.hasPrefix("application/vnd.") {
                throw .unsupported(MediaType(contentType: contentType))
            }
            return manifests != nil ? .ociIndex : .ociManifest
        }

        func content(as mediaType: MediaType) throws(ManifestError) -> Content {
            guard MediaType.manifests.contains(mediaType) else { throw .unsupported(mediaType) }
            let named = (config.map { [$0] } ?? []) + (layers ?? []) + (blobs ?? []) + (manifests ?? [])
            if let bad = named.first(where: { $0.size < 0 }) {
                throw .malformed("\(bad.digest) has a negative size")
            }
            if mediaType.isIndex {
                guard let manifests else { throw .malformed("'manifests' is missing") }
                guard layers == nil, config == nil else {
                    throw .malformed("an index has 'config' or 'layers'")
                }
                return .index(manifests)
            }
            guard manifests == nil else { throw .malformed("an image manifest has 'manifests'") }
            if mediaType == .ociArtifact { return .image(config: nil, layers: blobs ?? []) }
            guard let config else { throw .malformed("'config' is missing") }
            guard let layers else { throw .malformed("'layers' is missing") }
            return .image(config: config, layers: layers)
        }
    }
}

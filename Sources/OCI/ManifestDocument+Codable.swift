import FoundationEssentials

/// A manifest that is written down keeps its very bytes, and is taken back only where they hash to its digest.
extension ManifestDocument: Codable {
    private enum CodingKeys: String, CodingKey { case bytes, digest, mediaType }

    /// Reads the bytes, and checks them against the digest and the media type that stand beside them.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let digest = try container.decode(Digest.self, forKey: .digest)
        let mediaType = try container.decode(MediaType.self, forKey: .mediaType)
        let bytes = try container.decode(Data.self, forKey: .bytes)
        try self.init(bytes: [UInt8](bytes), contentType: mediaType.rawValue, algorithm: digest.algorithm)
        guard self.digest == digest, self.mediaType == mediaType else {
            throw DecodingError.dataCorruptedError(
                forKey: .bytes, in: container, debugDescription: "these are not the bytes of \(digest.short)")
        }
    }

    /// Writes the bytes, in base64, and what they are.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Data(bytes), forKey: .bytes)
        try container.encode(digest, forKey: .digest)
        try container.encode(mediaType, forKey: .mediaType)
    }
}

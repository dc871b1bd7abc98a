/// What a piece of content is, how it hashes and how long it is (image-spec, descriptor.md).
public struct Descriptor: Hashable, Sendable, Codable {
    /// What it is.
    public var mediaType: MediaType
    /// What it hashes to.
    public var digest: Digest
    /// How many bytes it has.
    public var size: Int64
    /// What it runs on, in an index.
    public var platform: Platform?

    /// Describes a piece of content.
    public init(mediaType: MediaType, digest: Digest, size: Int64, platform: Platform? = nil) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
    }
}

extension Descriptor {
    private enum CodingKeys: String, CodingKey { case mediaType, digest, size, platform }

    /// Reads the parts that davit needs. A platform that says too little to be one is no fault of the content.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        mediaType = try container.decode(MediaType.self, forKey: .mediaType)
        digest = try container.decode(Digest.self, forKey: .digest)
        size = try container.decode(Int64.self, forKey: .size)
        platform = try? container.decode(Platform.self, forKey: .platform)
    }
}

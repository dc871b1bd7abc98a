/// The hash functions that the OCI image specification registers for digests
/// (image-spec, descriptor.md, "Registered algorithms").
public enum HashAlgorithm: String, Sendable, CaseIterable, Codable {
    /// SHA-256, which every registry must support.
    case sha256
    /// SHA-512, which a registry may support.
    case sha512

    /// How many hexadecimal characters its encoded part has.
    public var hexLength: Int { self == .sha256 ? 64 : 128 }
}

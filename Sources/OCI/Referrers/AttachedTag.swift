/// A tag that says by its name what it hangs on: cosign's signatures, attestations and SBOMs, and the list of
/// referrers where there is no API for it (distribution-spec, "Referrers Tag Schema").
public enum AttachedTag: String, Sendable, Hashable, Codable, CaseIterable {
    /// A signature, as cosign keeps it.
    case signature = ".sig"
    /// An attestation, as cosign keeps it.
    case attestation = ".att"
    /// A list of contents, as cosign keeps it.
    case sbom = ".sbom"
    /// The list of referrers.
    case referrers = ""

    /// The kinds that cosign keeps.
    public static let cosign: [AttachedTag] = [.signature, .attestation, .sbom]

    /// The tag of this kind for a manifest: `sha256-<hex>` and what follows it, the hex cut to 64 characters.
    public func tag(for digest: Digest) -> Tag {
        Tag(known: digest.algorithm.rawValue + "-" + digest.hex.prefix(64) + rawValue)
    }
}

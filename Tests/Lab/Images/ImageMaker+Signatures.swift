extension MadeImage {
    /// A signature of this image's topmost manifest as cosign keeps it: an image of one small layer under a tag that is
    /// made of the digest.
    public func signature(_ suffix: String = ".sig", of digest: String? = nil, note: String = "") -> MadeImage
    {
        let digest = digest ?? self.digest
        let payload = MadeBlob(
            Array(
                #"{"critical":{"image":{"docker-manifest-digest":"\#(digest)"}},"optional":"\#(note)"}"#.utf8)
        )
        let config = MadeBlob(
            Array(#"{"architecture":"","os":"","rootfs":{"type":"layers","diff_ids":[]}}"#.utf8))
        let layer = payload.descriptor(
            "application/vnd.dev.cosign.simplesigning.v1+json",
            #","annotations":{"dev.cosignproject.cosign/signature":"bm90IHJlYWw="}"#)
        let types = MediaTypes.oci
        let json =
            #"{"schemaVersion":2,"mediaType":"\#(types.manifest)","config":\#(config.descriptor(types.config)),"#
            + #""layers":[\#(layer)]}"#
        return MadeImage(
            repository: repository, tag: Self.tag(for: digest) + suffix, blobs: [payload, config],
            manifests: [MadeManifest(json, mediaType: types.manifest)])
    }

    /// A manifest of some kind whose subject is this image's topmost manifest, or another one; it has no tag of its own.
    public func referrer(_ type: String, about subject: MadeManifest? = nil, note: String = "")
        -> MadeReferrer
    {
        let content = MadeBlob(Array("about \(subject?.digest ?? digest): \(note)\n".utf8))
        let empty = MadeBlob(Array("{}".utf8))
        let about = subject ?? manifests[manifests.count - 1]
        let json =
            #"{"schemaVersion":2,"mediaType":"\#(MediaTypes.oci.manifest)","artifactType":"\#(type)","#
            + #""config":\#(empty.descriptor("application/vnd.oci.empty.v1+json")),"#
            + #""layers":[\#(content.descriptor("text/plain"))],"subject":\#(about.descriptor()),"#
            + #""annotations":{"note":"\#(note)"}}"#
        return MadeReferrer(
            repository: repository, type: type, note: note, subject: about.digest, blobs: [content, empty],
            manifest: MadeManifest(json, mediaType: MediaTypes.oci.manifest))
    }

    /// The beginning of the tags that are about a digest.
    public static func tag(for digest: String) -> String {
        let halves = digest.split(separator: ":")
        return "\(halves[0])-\(halves[1].prefix(64))"
    }
}

/// A manifest that is about another one.
public struct MadeReferrer: Sendable {
    /// Where it lies.
    public let repository: String
    /// What it says to be.
    public let type: String
    let note: String
    /// The digest of what it is about.
    public let subject: String
    /// What it names.
    public let blobs: [MadeBlob]
    /// Itself.
    public let manifest: MadeManifest

    /// How a list of referrers names it.
    public var entry: String {
        manifest.descriptor(#","artifactType":"\#(type)","annotations":{"note":"\#(note)"}"#)
    }

    /// The list of referrers of one subject, to be put under its tag.
    public static func list(_ referrers: [MadeReferrer]) -> MadeManifest {
        let entries = referrers.map(\.entry).joined(separator: ",")
        return MadeManifest(
            #"{"schemaVersion":2,"mediaType":"\#(MediaTypes.oci.index)","manifests":[\#(entries)]}"#,
            mediaType: MediaTypes.oci.index)
    }
}

extension Seeder {
    /// Pushes referrers of one manifest, and the list of them under its tag.
    public func push(_ referrers: [MadeReferrer], listed: Bool = true) throws {
        for referrer in referrers {
            for blob in referrer.blobs { try push(blob, to: referrer.repository) }
            try push(referrer.manifest, to: referrer.repository, as: referrer.manifest.digest)
        }
        guard listed, let first = referrers.first else { return }
        try push(MadeReferrer.list(referrers), to: first.repository, as: MadeImage.tag(for: first.subject))
    }
}

import OCI
import Registry

/// An image made for a test: its manifests, children first and the top last, and the bytes of its blobs.
struct SampleImage: Sendable {
    var manifests: [ManifestDocument]
    var blobs: [Digest: [UInt8]]

    var top: ManifestDocument { manifests[manifests.count - 1] }
    var digest: Digest { top.digest }

    /// An image for one platform. Equal texts make equal blobs.
    init(_ config: String, layers: [String] = []) throws {
        let bytes = ([config] + layers).map { Array($0.utf8) }
        let parts = bytes.map {
            #"{"mediaType": "application/octet-stream", "digest": "\#(Digest(hashing: $0))", "size": \#($0.count)}"#
        }
        let text = #"{"schemaVersion": 2, "mediaType": "\#(MediaType.ociManifest)", "config": \#(parts[0]), "#
        let layers = #""layers": [\#(parts.dropFirst().joined(separator: ", "))]}"#
        manifests = [try ManifestDocument(bytes: Array((text + layers).utf8), contentType: nil)]
        blobs = Dictionary(bytes.map { (Digest(hashing: $0), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// An index of other images, each for its platform.
    init(index children: [(platform: String, image: SampleImage)]) throws {
        let parts = children.map { platform, child in
            #"{"mediaType": "\#(child.top.mediaType)", "digest": "\#(child.digest)", "size": \#(child.top.bytes.count), "#
                + #""platform": {"os": "linux", "architecture": "\#(platform)"}}"#
        }
        let text = #"{"schemaVersion": 2, "mediaType": "\#(MediaType.ociIndex)", "manifests": ["#
        let top = try ManifestDocument(
            bytes: Array((text + parts.joined(separator: ", ") + "]}").utf8), contentType: nil)
        var seen: Set<Digest> = []
        manifests = children.flatMap(\.image.manifests).filter { seen.insert($0.digest).inserted } + [top]
        blobs = children.reduce(into: [:]) { $0.merge($1.image.blobs) { first, _ in first } }
    }
}

extension MemoryRegistry {
    /// Stores an image with all that belongs to it, unrecorded.
    func hold(_ image: SampleImage, _ repository: String, _ tag: String) throws {
        let repository = try RepositoryName(repository)
        for bytes in image.blobs.values { store(bytes, in: repository) }
        for manifest in image.manifests { store(manifest, as: .digest(manifest.digest), in: repository) }
        store(image.top, as: .tag(try Tag(tag)), in: repository)
    }

    /// What a tag stands for, unrecorded.
    func digest(_ repository: String, _ tag: String) throws -> Digest? {
        holdings[try RepositoryName(repository)]?[try Tag(tag)]
    }

    /// The calls so far, each with how often it came.
    var counted: [Call: Int] { calls.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}

extension SampleImage {
    /// A manifest that is about another one.
    init(about subject: ManifestDocument, _ text: String) throws {
        let bytes = Array(text.utf8)
        let part =
            #"{"mediaType": "text/plain", "digest": "\#(Digest(hashing: bytes))", "size": \#(bytes.count)}"#
        let whom =
            #"{"mediaType": "\#(subject.mediaType)", "digest": "\#(subject.digest)", "size": \#(subject.bytes.count)}"#
        let json =
            #"{"schemaVersion": 2, "mediaType": "\#(MediaType.ociManifest)", "artifactType": "text/note", "#
            + #""config": \#(part), "layers": [], "subject": \#(whom)}"#
        manifests = [try ManifestDocument(bytes: Array(json.utf8), contentType: nil)]
        blobs = [Digest(hashing: bytes): bytes]
    }

    /// How a list of referrers names it.
    var entry: String {
        #"{"mediaType": "\#(top.mediaType)", "digest": "\#(digest)", "size": \#(top.bytes.count), "artifactType": "text/note"}"#
    }
}

extension MemoryRegistry {
    /// Stores referrers of a manifest with the list of them under its tag, unrecorded.
    func hold(_ referrers: [SampleImage], about subject: Digest, _ repository: String) throws {
        let name = try RepositoryName(repository)
        for referrer in referrers {
            for bytes in referrer.blobs.values { store(bytes, in: name) }
            store(referrer.top, as: .digest(referrer.digest), in: name)
        }
        let json =
            #"{"schemaVersion": 2, "mediaType": "\#(MediaType.ociIndex)", "manifests": ["#
            + referrers.map(\.entry).joined(separator: ", ") + "]}"
        let list = try ManifestDocument(bytes: Array(json.utf8), contentType: nil)
        store(list, as: .tag(AttachedTag.referrers.tag(for: subject)), in: name)
    }
}

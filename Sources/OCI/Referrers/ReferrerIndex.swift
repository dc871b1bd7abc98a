/// A list of referrers: what the API answers, and what stands under the fallback tag
/// (distribution-spec, "Listing Referrers" and "Referrers Tag Schema").
public struct ReferrerIndex: Hashable, Sendable {
    /// The list as it came.
    public let bytes: [UInt8]
    /// The manifests that it names, in order; one that is named twice counts once.
    public let entries: [ReferrerEntry]
    /// Where the array of them ends in the bytes.
    private let end: Int

    /// Reads a list.
    public init(_ bytes: [UInt8]) throws(ManifestError) {
        guard let slices = ArraySlices(of: "manifests", in: bytes) else {
            throw .malformed("a list of referrers has no 'manifests'")
        }
        guard !slices.isNull else {
            self = .empty
            return
        }
        var entries: [ReferrerEntry] = []
        var seen: Set<Digest> = []
        for range in slices.elements {
            guard let entry = try? ReferrerEntry(Array(bytes[range])) else {
                throw .malformed("a list of referrers names something that is no descriptor")
            }
            if seen.insert(entry.descriptor.digest).inserted { entries.append(entry) }
        }
        self.init(bytes: bytes, entries: entries, end: slices.end)
    }

    private init(bytes: [UInt8], entries: [ReferrerEntry], end: Int) {
        self.bytes = bytes
        self.entries = entries
        self.end = end
    }

    /// A list of nothing.
    public static let empty: ReferrerIndex = {
        let head = #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex)","manifests":["#
        return ReferrerIndex(bytes: Array((head + "]}").utf8), entries: [], end: head.utf8.count)
    }()

    /// Reads a list as it stands under a tag, where anything may stand: `nil` of what is none. An index of what runs on
    /// one platform or another is an image.
    public init?(under document: ManifestDocument) {
        guard document.mediaType == .ociIndex, let list = try? ReferrerIndex(document.bytes),
            list.entries.allSatisfy(\.isReferrer)
        else { return nil }
        self = list
    }

    /// The digests of the manifests.
    public var digests: Set<Digest> { Set(entries.map(\.descriptor.digest)) }

    /// The same list with more entries behind its own, which stay byte for byte as they are.
    public func adding(_ more: [ReferrerEntry]) -> ReferrerIndex {
        var (bytes, entries, end) = (bytes, entries, end)
        var known = digests
        for entry in more where known.insert(entry.descriptor.digest).inserted {
            let piece = (entries.isEmpty ? [] : [UInt8(ascii: ",")]) + entry.bytes
            bytes.insert(contentsOf: piece, at: end)
            end += piece.count
            entries.append(entry)
        }
        return ReferrerIndex(bytes: bytes, entries: entries, end: end)
    }
}

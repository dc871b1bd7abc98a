import FoundationEssentials
import OCI

/// The index.json of an image layout (image-spec, image-layout.md, "index.json file"): its entries, as other tools
/// and davit wrote them. What davit does not change keeps its bytes.
package struct LayoutIndex: Sendable {
    /// The annotation that makes an entry a tag (image-spec, annotations.md).
    private static let nameKey = "org.opencontainers.image.ref.name"

    private var entries: [Entry]
    private var head: [UInt8]
    private var tail: [UInt8]
    private var places: [String: Int] = [:]
    /// How many entries a name has.
    private var counts: [String: Int] = [:]
    /// How many bytes the entries have in all.
    private var entrySize = 0

    private struct Entry: Sendable {
        var bytes: [UInt8]
        /// Its name, which is a tag or whatever another tool took for one.
        var name: String?
        /// What it says; `nil` where that is no descriptor that davit can read.
        var descriptor: Descriptor?
    }

    /// An index without entries.
    init() {
        entries = []
        head = Array(#"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex)","manifests":["#.utf8)
        tail = Array("]}".utf8)
    }

    /// Reads an index; throws where it is none, or only half of one.
    package init(_ bytes: [UInt8]) throws(LayoutIndexError) {
        let written: Written
        do { written = try JSONDecoder().decode(Written.self, from: Data(bytes)) } catch {
            throw LayoutIndexError(description: "it is no JSON of an image index")
        }
        guard let list = ArraySlices(of: "manifests", in: bytes) else {
            throw LayoutIndexError(description: "it has no list 'manifests', or more than one")
        }
        guard let manifests = written.manifests else {
            // Some tools write an empty list as `null`.
            head = bytes[..<list.array.lowerBound] + [UInt8(ascii: "[")]
            tail = [UInt8(ascii: "]")] + bytes[list.array.upperBound...]
            entries = []
            return
        }
        guard list.elements.count == manifests.count else {
            throw LayoutIndexError(description: "its list 'manifests' can't be read")
        }
        head = Array(bytes[...list.array.lowerBound])
        tail = Array(bytes[(list.array.upperBound - 1)...])
        entries = zip(list.elements, manifests).map { range, entry in
            Entry(
                bytes: Array(bytes[range]), name: entry.annotations?[Self.nameKey],
                descriptor: entry.descriptor)
        }
        note()
    }

    /// The parts of an index that davit reads.
    private struct Written: Decodable {
        var manifests: [WrittenEntry]?
    }

    /// An entry of any shape: one that can't be read is left alone.
    private struct WrittenEntry: Decodable {
        var descriptor: Descriptor?
        var annotations: [String: String]?

        private enum CodingKeys: String, CodingKey { case annotations }

        init(from decoder: any Decoder) throws {
            descriptor = try? Descriptor(from: decoder)
            annotations = try? decoder.container(keyedBy: CodingKeys.self).decode(
                [String: String].self, forKey: .annotations)
        }
    }

    /// Where names stand: of several entries of one name the first counts, as it does for other tools.
    private mutating func note() {
        (places, counts, entrySize) = ([:], [:], 0)
        for (place, entry) in entries.enumerated() {
            entrySize += entry.bytes.count
            guard let name = entry.name else { continue }
            counts[name, default: 0] += 1
            guard places[name] == nil, entry.descriptor != nil else { continue }
            places[name] = place
        }
    }

    /// The text, as it is written.
    package var bytes: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(size)
        text += head
        for (place, entry) in entries.enumerated() {
            if place > 0 { text.append(UInt8(ascii: ",")) }
            text += entry.bytes
        }
        return text + tail
    }

    /// How many bytes the text has.
    package var size: Int { head.count + entrySize + max(0, entries.count - 1) + tail.count }

    /// How many it would have with a tag for a manifest.
    func size(with tag: Tag, for manifest: Descriptor) -> Int {
        let added = Self.text(of: manifest, tag.description).count
        guard let place = places[tag.description] else { return size + added + (entries.isEmpty ? 0 : 1) }
        return size + added - entries[place].bytes.count
    }

    /// The names that stand for something, as they are written; some may be no tags.
    package var names: [String] { Array(places.keys) }

    /// What a tag stands for.
    package func descriptor(of tag: Tag) -> Descriptor? {
        places[tag.description].flatMap { entries[$0].descriptor }
    }

    /// Lets a tag stand for a manifest; false where it does already, and nothing is to be written.
    package mutating func set(_ tag: Tag, to manifest: Descriptor) -> Bool {
        let name = tag.description
        let entry = Entry(bytes: Self.text(of: manifest, name), name: name, descriptor: manifest)
        guard let place = places[name] else {
            entries.append(entry)
            places[name] = entries.count - 1
            counts[name, default: 0] += 1
            entrySize += entry.bytes.count
            return true
        }
        let isAlone = counts[name] == 1
        if isAlone, let held = entries[place].descriptor, held.digest == manifest.digest,
            held.mediaType == manifest.mediaType, held.size == manifest.size
        {
            return false
        }
        entrySize += entry.bytes.count - entries[place].bytes.count
        entries[place] = entry
        guard !isAlone else { return true }
        // A tag names one thing: what else went by it would be what some tools find first.
        for other in entries.indices.reversed() where other != place && entries[other].name == name {
            entries.remove(at: other)
        }
        note()
        return true
    }

    /// Takes every entry of a digest out; false where there is none.
    mutating func remove(_ digest: Digest) -> Bool {
        let before = entries.count
        entries.removeAll { $0.descriptor?.digest == digest }
        note()
        return entries.count != before
    }

    private static func text(of manifest: Descriptor, _ name: String) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let type = (try? encoder.encode(manifest.mediaType.rawValue)) ?? Data()
        return Array(
            (#"{"mediaType":\#(String(decoding: type, as: UTF8.self)),"digest":"\#(manifest.digest)","#
                + #""size":\#(manifest.size),"annotations":{"\#(nameKey)":"\#(name)"}}"#).utf8)
    }
}

/// Why a text is no index of an image layout.
package struct LayoutIndexError: Error, Equatable {
    package let description: String
}

import FoundationEssentials

/// An index with those of its images alone that run on chosen platforms.
///
/// What stays has the bytes that it had, in the order in which it stood, and so has all else that the index says
/// (image-spec, image-index.md): the text is the original one with whole descriptors cut out, so that the same
/// choice always gives the same digest. Where nothing is cut out, it is the original.
public struct PlatformCut: Sendable, Hashable {
    /// The index that is left; the original where it is an image by itself, which has nothing to choose from.
    public let document: ManifestDocument
    /// The images in it, without what speaks of them.
    public let images: [Descriptor]
    /// The chosen platforms that nothing in it is for.
    public let missing: [PlatformSelector]
    /// The manifests of the original that are not in it.
    public let dropped: [Digest]
    /// The platforms that the original is for, as people read them.
    public let offered: [String]

    /// Cuts an index down.
    ///
    /// An attestation of BuildKit's follows the image that it speaks of. An index in the index is one thing, with the
    /// platform that its descriptor names. What names no platform is for none.
    public init(of document: ManifestDocument, to selectors: [PlatformSelector]) throws(ManifestError) {
        guard case .index(let manifests) = document.content else {
            (self.document, images, missing) = (document, [document.descriptor], [])
            (dropped, offered) = ([], [])
            return
        }
        let text = ArraySlices(of: "manifests", in: document.bytes)
        let entries = (text?.elements ?? []).compactMap { Entry(document.bytes[$0]) }
        guard let text, entries.map(\.descriptor.digest) == manifests.map(\.digest) else {
            throw .malformed("its text is no index that parts can be cut out of")
        }
        let chosen = entries.map { $0.isMeant(by: selectors) }
        let digests = Set(zip(entries, chosen).filter(\.1).map(\.0.descriptor.digest))
        let kept = entries.indices.filter { index in
            chosen[index] || entries[index].subject.map(digests.contains) == true
        }
        images = entries.indices.filter { chosen[$0] }.map { entries[$0].descriptor }
        dropped = Set(entries.map(\.descriptor.digest)).subtracting(
            kept.map { entries[$0].descriptor.digest }
        )
        .sorted()
        let platforms = entries.filter { $0.subject == nil }.compactMap(\.descriptor.platform)
        missing = selectors.filter { selector in !platforms.contains(where: selector.matches) }
        var seen: Set<String> = []
        offered = platforms.map(\.description).filter { seen.insert($0).inserted }
        guard kept.count < entries.count, !kept.isEmpty else {
            self.document = document
            return
        }
        self.document = try ManifestDocument(
            bytes: text.keeping(kept), contentType: document.mediaType.rawValue,
            algorithm: document.digest.algorithm)
    }

    /// What stands in an index of one manifest, beyond its descriptor.
    private struct Entry {
        var descriptor: Descriptor
        /// The image that it is an attestation of.
        var subject: Digest?

        init?(_ text: ArraySlice<UInt8>) {
            guard let descriptor = try? JSONDecoder().decode(Descriptor.self, from: Data(text)) else {
                return nil
            }
            self.descriptor = descriptor
            let notes = (try? JSONDecoder().decode(Annotated.self, from: Data(text)))?.annotations ?? [:]
            guard notes["vnd.docker.reference.type"] == "attestation-manifest" else { return }
            subject = notes["vnd.docker.reference.digest"].flatMap { try? Digest($0) }
        }

        func isMeant(by selectors: [PlatformSelector]) -> Bool {
            guard subject == nil, let platform = descriptor.platform else { return false }
            return selectors.contains { $0.matches(platform) }
        }
    }

    private struct Annotated: Decodable {
        var annotations: [String: String]?
    }
}

extension PlatformSubset {
    /// What a choice makes of an index that was cut down to its platforms.
    public init(_ cut: PlatformCut, _ choice: PlatformChoice) {
        guard choice.flattens else {
            self =
                cut.refusal.map { Self(refusal: $0) }
                ?? Self(cut.document.digest, missing: cut.missing, dropped: cut.dropped)
            return
        }
        switch cut.single {
        case .image(let image):
            let others = cut.images.map(\.digest) + cut.dropped
            self.init(image.digest, dropped: Set(others).subtracting([image.digest]).sorted())
        case .refused(let why): self.init(refusal: why)
        }
    }
}

extension PlatformCut {
    /// Why nothing can be copied by it, where nothing can.
    public var refusal: String? {
        guard images.isEmpty else { return nil }
        let wanted = missing.map(\.description).joined(separator: ", ")
        let said = offered.isEmpty ? "none that it names" : offered.prefix(12).joined(separator: ", ")
        return "the source is not for \(wanted); it is for \(said)" + (offered.count > 12 ? ", …" : "")
    }

    /// The one image that is left, or why there is not one.
    ///
    /// Of several variants it is the one that the processor's plain name stands for.
    public var single: Single {
        if let refusal { return .refused(refusal) }
        var seen: Set<Digest> = []
        let all = images.filter { seen.insert($0.digest).inserted }
        let usual = all.filter { $0.platform?.isUsual == true }
        guard let one = all.count == 1 ? all.first : usual.count == 1 ? usual.first : nil else {
            let names = all.map { $0.platform?.description ?? $0.digest.short }.joined(separator: ", ")
            return .refused("'flatten' wants one image, and these are meant: \(names)")
        }
        guard !one.mediaType.isIndex else {
            return .refused("'flatten' wants an image, and \(one.digest.short) is an index of its own")
        }
        return .image(one)
    }

    /// What flattening comes to.
    public enum Single: Sendable, Hashable {
        /// This image is put under the tag.
        case image(Descriptor)
        /// There is not one image to be put.
        case refused(String)
    }
}

import Desired
import OCI
import Plan
import Registry

extension Observer {
    /// True where platforms are chosen and it is not known what that leaves: the source's index must be read.
    func needsSubset(_ image: ObservedImage) -> Bool {
        image.claim.platforms != nil && image.subset == nil && image.source != .absent
            && image.destination != .unasked
    }

    /// Notes what is known of an image's chosen platforms without reading it.
    ///
    /// What is no index has nothing to choose from, whatever it runs on: its config is not read.
    func noteSubset(of image: inout ObservedImage, kind: MediaType?) async {
        guard let choice = image.claim.platforms, let original = image.original else { return }
        if let kind, MediaType.manifests.contains(kind), !kind.isIndex, image.source.digest == original {
            image.subset = PlatformSubset(original)
        } else {
            image.subset = await subsets.subset(of: original, by: choice)
        }
        noteOrphans(of: &image)
    }

    /// What of the source's manifest is copied: itself, or what the chosen platforms leave of it; nothing where
    /// nothing is to be read any further.
    func chosen(
        of top: ManifestDocument, _ image: inout ObservedImage, from source: any Backend, always: Bool
    ) async throws(RegistryError) -> ManifestDocument? {
        guard let choice = image.claim.platforms else { return top }
        let cut: PlatformCut
        do { cut = try PlatformCut(of: top, to: choice.selectors) } catch {
            throw RegistryError(
                .malformed, on: .source, at: source.place, while: "choose platforms of",
                "\(image.claim.sourceRepository)@\(top.digest)", detail: "\(error)")
        }
        let subset = PlatformSubset(cut, choice)
        image.subset = subset
        await subsets.remember(subset, of: top.digest, by: choice)
        noteOrphans(of: &image)
        try await settle(&image)
        guard let wanted = subset.digest, always || needsTree(image) else { return nil }
        guard wanted != cut.document.digest else { return cut.document }
        return try await flat(wanted, of: &image, from: source)
    }

    /// The one image that is put under the tag itself.
    private func flat(_ digest: Digest, of image: inout ObservedImage, from source: any Backend)
        async throws(RegistryError) -> ManifestDocument
    {
        let repository = image.claim.sourceRepository
        image.questions += 1
        image.otherReads += 1
        let document = try await on(.source) { () async throws(RegistryError) in
            try await source.manifest(.digest(digest), in: repository)
        }
        guard let document else {
            throw RegistryError(
                .malformed, on: .source, at: source.place, while: "read manifest",
                "\(repository):\(image.claim.sourceTag)",
                detail: "its index names \(digest.short), which the source lacks")
        }
        return document
    }

    private func noteOrphans(of image: inout ObservedImage) {
        guard let original = image.original, image.isPart else { return image.orphans = [] }
        image.orphans = internalTags.tags(
            of: original, in: image.claim.sourceRepository, at: image.claim.sourceRegistry)
    }
}

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
    func noteSubset(of image: inout ObservedImage, _ view: RepositoryView, kind: MediaType?) async {
        guard let choice = image.claim.platforms, let original = image.original else { return }
        if let kind, MediaType.manifests.contains(kind), !kind.isIndex, image.source.digest == original {
            image.subset = PlatformSubset(original)
        } else {
            image.subset = await subsets.subset(of: original, by: choice)
            // A signature of the whole is no stranger's, whether this image is read before or after its siblings.
            if image.subset == nil { await view.leaveOut([original]) }
        }
        await noteOrphans(of: &image, view)
    }

    /// What of the source's manifest is copied: itself, or what the chosen platforms leave of it; nothing where
    /// nothing is to be read any further.
    func chosen(
        of top: ManifestDocument, _ image: inout ObservedImage, _ view: RepositoryView, _ pulls: PullBudget,
        always: Bool
    ) async throws(RegistryError) -> ManifestDocument? {
        guard let choice = image.claim.platforms else { return top }
        let source = try places.backend(image.claim.sourceRegistry)
        let cut: PlatformCut
        do { cut = try PlatformCut(of: top, to: choice.selectors) } catch {
            throw RegistryError(
                .malformed, on: .source, at: source.place, while: "choose platforms of",
                "\(image.claim.sourceRepository)@\(top.digest)", detail: "\(error)")
        }
        let subset = PlatformSubset(cut, choice)
        image.subset = subset
        await subsets.remember(subset, of: top.digest, by: choice)
        await noteOrphans(of: &image, view)
        try await noteListed(of: &image, source)
        try await settle(&image)
        try await noteKeeping(of: &image)
        guard let wanted = subset.digest, always || needsTree(image) else { return nil }
        guard wanted != cut.document.digest else { return cut.document }
        return try await flat(wanted, of: &image, from: source, pulls)
    }

    /// The one image that is put under the tag itself.
    private func flat(
        _ digest: Digest, of image: inout ObservedImage, from source: any Backend, _ pulls: PullBudget
    ) async throws(RegistryError) -> ManifestDocument {
        let repository = image.claim.sourceRepository
        try await pulls.setAside(1)
        image.questions += 1
        image.otherReads += 1
        let document = try await on(.source) { () async throws(RegistryError) in
            try await pulls.using { () async throws(RegistryError) in
                try await source.manifest(.digest(digest), in: repository)
            }
        }
        guard let document else {
            throw RegistryError(
                .malformed, on: .source, at: source.place, while: "read manifest",
                "\(repository):\(image.claim.sourceTag)",
                detail: "its index names \(digest.short), which the source lacks")
        }
        return document
    }

    /// Notes the tags at the source that are about the whole index, where what hangs on images is asked for at all.
    private func noteOrphans(of image: inout ObservedImage, _ view: RepositoryView) async {
        image.orphans = []
        guard let original = image.original, image.isPart else { return }
        await view.leaveOut([original] + (image.subset?.dropped ?? []))
        guard image.claim.referrers != nil, let tags = try? await book.tags(of: image.claim) else { return }
        image.orphans = AttachedTag.allCases.map { $0.tag(for: original) }
            .filter { tags.has($0) == true }.map(\.description)
    }

    /// Notes what the source lists as referrers of the whole index. An image in sync is not asked about it again.
    private func noteListed(of image: inout ObservedImage, _ source: any Backend) async throws(RegistryError)
    {
        guard let original = image.original, image.isPart, image.claim.referrers != nil,
            image.destination.digest != image.wanted
        else { return }
        let repository = image.claim.sourceRepository
        let listed = try await on(.source) { () async throws(RegistryError) in
            try await book.listing(of: original, in: repository, at: source, .source)
        }
        image.orphans += (listed ?? []).map(\.descriptor.digest.description)
    }
}

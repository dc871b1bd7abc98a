import Desired
import OCI
import Plan
import Registry
import State

extension Observer {
    /// True when the digests differ in a way that may lead to a copy, so that content must be known.
    func needsContent(_ image: ObservedImage) -> Bool {
        guard image.failure == nil else { return false }
        return needsSubset(image) || needsDeepLook(image) || needsTree(image)
    }

    /// True when what is to be copied must be known.
    func needsTree(_ image: ObservedImage) -> Bool {
        guard depth != .none else { return false }
        switch image.destination {
        case .absent: return image.source != .absent && image.subset?.refusal == nil
        case .present(let held):
            guard image.claim.overwrite == .always, image.isKept != true, let wanted = image.wanted else {
                return false
            }
            return held != wanted && image.source != .absent
        case .unasked: return false
        }
    }

    /// The look with its content, where that must be known and is not.
    func completed(_ look: Look) async -> Look {
        look.isRead ? look : await read(look)
    }

    /// Reads what is to be copied, and finds out what of it the destination has.
    func content(of look: Look, asksAll: Bool = false) async -> Look {
        var look = look
        let view = look.view
        await look.trying { image throws(RegistryError) in
            let pulls = PullBudget(at: try places.backend(image.claim.sourceRegistry))
            do throws(RegistryError) {
                if asksAll || !needsDeepLook(image) {
                    try await readTree(of: &image, view, asksAll: asksAll, pulls)
                }
                if !asksAll, needsDeepLook(image) { try await lookDeep(into: &image, view, pulls) }
            } catch {
                await pulls.end()
                throw error
            }
            await pulls.end()
        }
        return look
    }

    /// The image as it was found, with all its blobs asked for anew, and nothing else.
    func askingAgain(for image: ObservedImage) async throws(RegistryError) -> ObservedImage {
        let (repository, destination) = (
            image.claim.destinationRepository, try places.backend(image.claim.destinationRegistry)
        )
        var seen: Set<Digest> = []
        let blobs = image.everything.flatMap(\.document.blobs).filter { seen.insert($0.digest).inserted }
        let answers = await blobs.mapBounded(by: 16) { blob -> Result<Bool, RegistryError> in
            do throws(RegistryError) {
                return .success(
                    try await on(.destination) { () async throws(RegistryError) in
                        try await destination.holds(blob, in: repository)
                    })
            } catch { return .failure(error) }
        }
        var held: Set<Digest> = []
        for (blob, answer) in zip(blobs, answers) where try answer.get() { held.insert(blob.digest) }
        var again = image
        again.content = image.content.map { $0.holding(held) }
        for index in again.referrers.indices {
            again.referrers[index].content = image.referrers[index].content.map { $0.holding(held) }
        }
        again.hints = await hints(for: again)
        return again
    }

    private func readTree(
        of image: inout ObservedImage, _ view: RepositoryView, asksAll: Bool, _ pulls: PullBudget
    ) async throws(RegistryError) {
        let claim = image.claim
        (image.content, image.otherReads) = ([], 0)
        let source = try places.backend(claim.sourceRegistry)
        let destination = try places.backend(claim.destinationRegistry)
        // The digest that the look resolved is the one that is copied; only a tag nobody looked at is read by tag.
        let reference: Reference = image.original.map { .digest($0) } ?? .tag(claim.sourceTag)
        try await pulls.setAside(1)
        image.questions += 1
        let top = try await on(.source) { () async throws(RegistryError) in
            try await pulls.using { () async throws(RegistryError) in
                try await source.manifest(reference, in: claim.sourceRepository)
            }
        }
        guard let top else {
            // A tag that was there at the HEAD and is gone by its digest has moved meanwhile.
            if claim.pin == nil, image.source.digest != nil { throw Self.moved(image, source.place) }
            image.source = .absent
            return
        }
        if claim.pin == nil { image.source = .present(top.digest) }
        guard let top = try await chosen(of: top, &image, view, pulls, always: asksAll) else { return }
        // An index costs its children: one that can't be read to its end is not begun.
        try await pulls.setAside(top.children.count)
        // A repository of which only a missing tag is known is listed: cheaper than asking for each blob.
        if await view.state == .unknown { await list(claim, view) }
        image.repository = await view.state
        if await destination.mounts == .nothing { image.mountsNothing = true }
        let walk = TreeWalk(
            observer: self, image: image, source: source, destination: destination, view: view,
            asksAll: asksAll || isDeep, asksAgain: asksAll, pulls: pulls)
        let found = try await walk.run(top)
        image.content = found.manifests
        image.questions += found.questions
        image.asked = found.asked
    }

    /// Who is thought to hold what the repository is not known to have. Within one registry the source's own
    /// repository surely does.
    func hints(for image: ObservedImage) async -> [Digest: RepositoryName] {
        guard let store, image.mountsNothing != true, image.sourcePlace != image.destinationPlace else {
            return [:]
        }
        let blobs = image.everything.flatMap { manifest in
            manifest.document.blobs.map(\.digest).filter { !manifest.present.contains($0) }
        }
        return await store.holders(of: Array(Set(blobs)), at: image.destinationPlace)
    }

    private static func moved(_ image: ObservedImage, _ place: String) -> RegistryError {
        RegistryError(
            .moved, on: .source, at: place, while: "read manifest",
            "\(image.claim.sourceRepository):\(image.claim.sourceTag)",
            detail: "the tag moved while it was looked at: \(image.source.digest?.short ?? "") is gone")
    }
}

extension ObservedManifest {
    /// The same manifest at a place that holds these blobs and no other.
    fileprivate func holding(_ held: Set<Digest>) -> ObservedManifest {
        let blobs = Set(document.blobs.map(\.digest))
        var manifest = self
        (manifest.present, manifest.absent) = (blobs.intersection(held), blobs.subtracting(held))
        return manifest
    }
}

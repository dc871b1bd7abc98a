import Desired
import OCI
import Plan
import Registry

/// A plan may come from anybody: what it hangs on an image must be what the source hangs there.
extension PlanCheck {
    /// The source must have all that is to be written, whoever wrote the plan: a signature under its very tag, since
    /// nothing in it tells what it is about.
    func isHeld(_ attached: [SavedPlan.Attached], of image: SavedPlan.Image) async throws(RegistryError) {
        let (claim, place) = (image.claim, try places.backend(image.claim.sourceRegistry))
        for one in attached {
            let reference = one.tag.map { Reference.tag($0) } ?? .digest(one.digest)
            await counter.add(1, at: place)
            let answer = try await place.resolve(reference, in: claim.sourceRepository)
            guard let answer else {
                throw .stale(
                    image, at: place.place, "the source has \(one.digest.short) no more, which hangs on it")
            }
            guard one.tag == nil || answer.digest == one.digest else {
                throw .stale(
                    image, at: place.place,
                    "\(reference) is \(answer.digest.short) at the source, and \(one.digest.short) in the plan"
                )
            }
        }
    }

    /// Checks what heads of the things themselves can't show: what they are about, and how lists name them.
    func checkAttached(to image: SavedPlan.Image) async throws(RegistryError) {
        try await on(.destination) { () async throws(RegistryError) in try await checkSubjects(of: image) }
        try await on(.source) { () async throws(RegistryError) in try await checkEntries(of: image) }
    }

    /// Where the plan does not show that something belongs to the image, the destination must: it has the index that
    /// names it, or what hangs on the image and is the subject of more.
    private func checkSubjects(of image: SavedPlan.Image) async throws(RegistryError) {
        guard !image.unled.isEmpty, let wanted = image.wanted else { return }
        var parts = image.parts
        parts.formUnion(try await read(wanted, of: image)?.children.map(\.digest) ?? [])
        for subject in image.unled {
            var (next, depth): (Digest?, Int) = (subject, 0)
            while let one = next, !parts.contains(one), depth < ReferrerWalk.Bound.depth {
                next = try await read(one, of: image).flatMap { Attachment(of: $0).subject }
                depth += 1
            }
            guard let next, parts.contains(next) else {
                let place = try places.backend(image.claim.destinationRegistry).place
                throw .stale(
                    image, at: place, "the plan hangs something on \(subject.short), which is no part of it")
            }
        }
    }

    /// A manifest that the destination has.
    private func read(_ digest: Digest, of image: SavedPlan.Image) async throws(RegistryError)
        -> ManifestDocument?
    {
        await counter.add(1)
        return try await places.backend(image.claim.destinationRegistry)
            .manifest(.digest(digest), in: image.claim.destinationRepository)
    }

    /// Entries are written as the plan has them: the source's list must have the same ones. A list that is in the plan
    /// takes a head; any other is read again.
    private func checkEntries(of image: SavedPlan.Image) async throws(RegistryError) {
        let (repository, place) = (
            image.claim.sourceRepository, try places.backend(image.claim.sourceRegistry)
        )
        let listed = Dictionary(grouping: image.attached.filter { $0.entry != nil }, by: \.subject)
        for (subject, attached) in listed.sorted(by: { $0.key < $1.key }) {
            let isSame: Bool
            if let list = image.lists[subject] {
                await counter.add(1, at: place)
                let tag = AttachedTag.referrers.tag(for: subject)
                isSame = try await place.resolve(.tag(tag), in: repository)?.digest == list
            } else {
                let entries = Set(
                    try await entries(about: subject, of: image).map { Digest(hashing: $0.bytes) })
                isSame = entries.isSuperset(of: attached.compactMap(\.entry))
            }
            guard isSame else {
                throw .stale(
                    image, at: place.place,
                    "the source's list of what hangs on \(subject.short) is not that of the plan")
            }
        }
    }

    /// Entries as lists have them: what tells no sizes is made of the manifests.
    private func whole(_ entries: [ReferrerEntry], of image: SavedPlan.Image) async throws(RegistryError)
        -> [ReferrerEntry]
    {
        let (repository, place) = (
            image.claim.sourceRepository, try places.backend(image.claim.sourceRegistry)
        )
        var whole: [ReferrerEntry] = []
        for entry in entries {
            guard entry.descriptor.size == 0 else {
                whole.append(entry)
                continue
            }
            await counter.add(1)
            let document = try await place.manifest(.digest(entry.descriptor.digest), in: repository)
            whole += document.map { [ReferrerEntry(of: $0)] } ?? []
        }
        return whole
    }

    /// What the source lists of a manifest, by its API or under a tag.
    private func entries(about subject: Digest, of image: SavedPlan.Image) async throws(RegistryError)
        -> [ReferrerEntry]
    {
        let (repository, place) = (
            image.claim.sourceRepository, try places.backend(image.claim.sourceRegistry)
        )
        if let able = place.asReferrers {
            await counter.add(1, at: place)
            let answer = try await able.referrers(
                of: subject, in: repository, type: image.claim.referrers?.onlyType)
            if case .listed(let entries) = answer { return try await whole(entries, of: image) }
        }
        await counter.add(1)
        return try await place.referrerIndex(of: subject, in: repository)?.entries ?? []
    }
}

import Desired
import OCI
import Plan
import Registry

/// Finds what hangs on an image at the source and what of it the destination lacks: by the referrers API or the list
/// under a tag, by cosign's tags, and again for whatever was found.
struct ReferrerWalk: Sendable {
    let observer: Observer
    let image: ObservedImage
    let policy: ReferrerPolicy
    let source: any Backend
    let destination: any Backend
    let view: RepositoryView
    let tags: AttachedTags
    /// Content is compared, not presence alone.
    let isThorough: Bool
    let tree: TreeWalk

    /// The bounds of what hangs on one image.
    enum Bound {
        static let depth = 8
        static let referrers = 1_000
        /// Manifests and lists; with the image's own, they must fit into a line of a saved plan.
        static let bytes: Int64 = 16 << 20
    }

    /// What a walk found.
    struct Found {
        var referrers: [ObservedReferrer] = []
        var lists: [ObservedReferrerList] = []
        /// Requests that were made for this image alone.
        var questions = 0
        var asked: Set<Question> = []
        /// What should be told beside the image, one line each.
        var notes: [String] = []
        var bytes: Int64 = 0

        /// All that the source has is there.
        var isNothing: Bool { referrers.isEmpty && notes.isEmpty }
    }

    var book: ReferrerBook { observer.book }
    var claim: Claim { image.claim }
    /// The image itself is to be copied.
    var isCopied: Bool { !image.content.isEmpty }
    private var isFresh: Bool { image.repository == .fresh }

    /// Looks at manifests and at all that hangs on them. What is about the same manifest twice is looked at once, so
    /// that referrers in a ring end.
    func run(_ subjects: [Digest]) async throws(RegistryError) -> Found {
        var found = Found()
        var seen = Set(subjects)
        var level = subjects
        for depth in 0... {
            guard !level.isEmpty else { break }
            guard depth <= Bound.depth else { throw tooMuch("more than \(Bound.depth) levels hang on it") }
            await prefetch(level)
            var next: [Digest] = []
            for subject in level {
                next += try await cosignTags(of: subject, &found)
                next += try await referrers(of: subject, &found)
            }
            level = next.filter { seen.insert($0).inserted }
        }
        return found
    }

    /// Asks for the lists of many manifests side by side; failures come up where the answers are needed.
    private func prefetch(_ subjects: [Digest]) async {
        guard subjects.count > 1 else { return }
        _ = await subjects.mapBounded(by: 8) { _ = try? await self.sourceReferrers(of: $0) }
    }

    /// False where the source has no tags of signatures and keeps no lists: nothing hangs on any of its manifests.
    func mayFindAnything(about digest: Digest) async throws(RegistryError) -> Bool {
        guard tags.isEmpty else { return true }
        return try await on(.source) { () async throws(RegistryError) in
            try await book.listing(
                of: digest, in: claim.sourceRepository, at: source, .source, type: policy.onlyType) != nil
        }
    }

    // MARK: - By cosign's tags

    /// Finds the signatures that stand under tags; returns what has come along.
    private func cosignTags(of subject: Digest, _ found: inout Found) async throws(RegistryError) -> [Digest]
    {
        guard !tags.isEmpty else { return [] }
        var brought: [Digest] = []
        for kind in AttachedTag.cosign {
            let tag = kind.tag(for: subject)
            guard tags.has(tag) != false else { continue }
            let held = try await heldTag(tag)
            switch try await wantedTag(tag, held) {
            case .nothing: break
            case .anew(let reference):
                brought += try await bring(kind, of: subject, reference, held, &found)
            case .held(let digest):
                try await lookBehind(ObservedReferrer(subject: subject, kind: kind, digest: digest), &found)
                brought.append(digest)
            }
        }
        return brought
    }

    /// What a signature's tag stands for at the destination.
    private enum Held { case absent, present, digest(Digest) }

    private func heldTag(_ tag: Tag) async throws(RegistryError) -> Held {
        guard !isFresh else { return .absent }
        await observer.list(claim, view)
        let isListed = await view.holds(tag)
        if isListed == false { return .absent }
        if isListed == true, !isThorough { return .present }
        let answer = try await on(.destination) { () async throws(RegistryError) in
            await observer.counter.add(1, at: destination)
            return try await destination.resolve(.tag(tag), in: claim.destinationRepository)
        }
        return answer.map { .digest($0.digest) } ?? .absent
    }

    /// What is wanted of a signature's tag.
    private enum Wanted {
        case nothing
        /// It is to be brought, and read so.
        case anew(Reference)
        /// The destination has what the source has: it is to be looked behind.
        case held(Digest)
    }

    private func wantedTag(_ tag: Tag, _ held: Held) async throws(RegistryError) -> Wanted {
        switch held {
        case .absent: return .anew(.tag(tag))
        case .present: return .nothing
        case .digest(let digest):
            // A tag that is there stays where nothing may be overwritten.
            let mayMove = isThorough && claim.overwrite == .always
            guard mayMove || observer.isDeep else { return .nothing }
            let answer = try await on(.source) { () async throws(RegistryError) in
                await observer.counter.add(1, at: source)
                return try await source.resolve(.tag(tag), in: claim.sourceRepository)
            }
            guard let now = answer?.digest else { return .nothing }
            guard now == digest else { return mayMove ? .anew(.digest(now)) : .nothing }
            return observer.isDeep ? .held(digest) : .nothing
        }
    }

    private func bring(
        _ kind: AttachedTag, of subject: Digest, _ reference: Reference, _ held: Held, _ found: inout Found
    ) async throws(RegistryError) -> [Digest] {
        var referrer = ObservedReferrer(subject: subject, kind: kind, digest: subject)
        if case .digest(let digest) = held { referrer.held = digest }
        guard observer.depth != .none || !policy.types.isEmpty else {
            // Its tag is listed: that it is missing is all that is asked.
            found.referrers.append(referrer)
            return []
        }
        guard let document = try await read(reference, &found) else { return [] }
        guard policy.takes(Attachment(of: document).artifactType) else { return [] }
        referrer.digest = document.digest
        try await add(referrer, document, &found)
        return [document.digest]
    }

    // MARK: - By subject

    /// The source's list of what is about a manifest, and the list as it stands under a tag, where it does.
    ///
    /// Anyone who may push a tag can put something else there: that is told, and stops no image.
    private func sourceReferrers(of subject: Digest) async throws(RegistryError) -> (
        entries: [ReferrerEntry], index: ReferrerIndex?, note: String?
    ) {
        try await on(.source) { () async throws(RegistryError) in
            let listed = try await book.listing(
                of: subject, in: claim.sourceRepository, at: source, .source, type: policy.onlyType)
            if let listed { return (listed, nil, nil) }
            guard tags.has(AttachedTag.referrers.tag(for: subject)) != false else { return ([], nil, nil) }
            try await tree.pulls.setAside(1)
            do throws(RegistryError) {
                let index = try await tree.pulls.using { () async throws(RegistryError) in
                    try await book.index(of: subject, in: claim.sourceRepository, at: source)
                }
                return (index?.entries ?? [], index, nil)
            } catch let error where error.kind == .malformed {
                return ([], nil, "\(error.on(.source)); what it may have named is not copied")
            }
        }
    }

    /// Finds the referrers of a manifest; returns those whose own are to be looked for.
    private func referrers(of subject: Digest, _ found: inout Found) async throws(RegistryError) -> [Digest] {
        if try await isListHeld(subject) { return [] }
        let (all, index, note) = try await sourceReferrers(of: subject)
        found.notes += note.map { [$0] } ?? []
        let entries = all.filter { $0.artifactType == nil || policy.takes($0.artifactType) }
        guard !entries.isEmpty else { return [] }
        let (repository, place, memory) = (claim.destinationRepository, destination.place, book.memory)
        if !isThorough, !isCopied, await memory.holds(entries, of: subject, in: repository, at: place) {
            return []
        }
        let held = try await heldReferrers(of: subject)
        if let note = held.note {
            found.notes.append(note)
            return []
        }
        if entries.allSatisfy({ held.digests.contains($0.descriptor.digest) }) {
            await memory.note(entries, of: subject, in: repository, at: place)
        }
        var missing = false
        for entry in entries {
            let referrer = ObservedReferrer(
                subject: subject, kind: .referrers, digest: entry.descriptor.digest, entry: entry)
            if held.digests.contains(referrer.digest) {
                try await lookBehind(referrer, &found)
            } else {
                missing = try await bring(referrer, entry.descriptor.size, &found) || missing
            }
        }
        if missing, !held.isKept {
            found.bytes += Int64((held.index?.bytes.count ?? 0) + (index?.bytes.count ?? 0))
            found.lists.append(ObservedReferrerList(subject: subject, held: held.index, source: index))
        }
        return entries.map(\.descriptor.digest).filter { digest in
            isThorough || !held.digests.contains(digest)
        }
    }

    /// Where only presence counts, a list that stands under its tag on both sides needs no look.
    private func isListHeld(_ subject: Digest) async throws(RegistryError) -> Bool {
        let tag = AttachedTag.referrers.tag(for: subject)
        guard !isThorough, !isCopied, tags.has(tag) == true else { return false }
        let listed = try await on(.source) { () async throws(RegistryError) in
            try await book.listing(
                of: subject, in: claim.sourceRepository, at: source, .source, type: policy.onlyType)
        }
        guard listed == nil else { return false }
        await observer.list(claim, view)
        return await view.holds(tag) == true
    }

    /// What the destination has of a manifest's referrers.
    private struct HeldReferrers {
        var digests: Set<Digest> = []
        /// The destination keeps the list by itself.
        var isKept = false
        /// The list under the tag.
        var index: ReferrerIndex?
        /// What should be told where something else stands under it, which is somebody's and stays.
        var note: String?
    }

    private func heldReferrers(of subject: Digest) async throws(RegistryError) -> HeldReferrers {
        try await on(.destination) { () async throws(RegistryError) in
            var held = HeldReferrers()
            let listed = try await book.listing(
                of: subject, in: claim.destinationRepository, at: destination, .destination)
            if let listed {
                held.isKept = true
                held.digests = Set(listed.map(\.descriptor.digest))
                return held
            }
            guard !isFresh else { return held }
            await observer.list(claim, view)
            guard await view.holds(AttachedTag.referrers.tag(for: subject)) != false else { return held }
            do throws(RegistryError) {
                held.index = try await book.index(
                    of: subject, in: claim.destinationRepository, at: destination)
            } catch let error where error.kind == .malformed {
                held.note =
                    "\(error.on(.destination)); it stays, and what hangs there at the source is not copied"
            }
            held.digests = held.index?.digests ?? []
            return held
        }
    }
}

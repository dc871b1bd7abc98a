import Desired
import OCI
import Plan
import Registry

extension Observer {
    /// True when what hangs on an image is to be looked for: it is in sync, or was read to be copied.
    func wantsReferrers(_ image: ObservedImage) -> Bool {
        guard image.claim.referrers != nil, image.failure == nil else { return false }
        if !image.content.isEmpty { return true }
        return image.wanted != nil && image.destination.digest == image.wanted && image.source != .absent
    }

    /// The look with all that it needs: content, where that must be known, and what hangs on the image.
    func read(_ look: Look, asksAll: Bool = false) async -> Look {
        let look = needsContent(look.image) ? await content(of: look, asksAll: asksAll) : look
        var whole = await attached(to: look, asksAll: asksAll)
        whole.image.hints = await hints(for: whole.image)
        return whole
    }

    /// Looks for what hangs on an image.
    private func attached(to look: Look, asksAll: Bool) async -> Look {
        var look = look
        look.isRead = true
        guard wantsReferrers(look.image), let policy = look.image.claim.referrers else { return look }
        let view = look.view
        var notes: [String] = []
        await look.trying { image throws(RegistryError) in
            let found = try await walk(&image, view, policy, asksAll: asksAll)
            image.referrers = found.referrers
            image.referrerLists = found.lists
            image.questions += found.questions
            image.asked.formUnion(found.asked)
            notes = found.notes
        }
        look.notes = notes
        return look
    }

    /// True when all that hangs on an image that is in sync was compared so short a time ago that it is left alone.
    private func isRecent(_ image: ObservedImage, _ policy: ReferrerPolicy) async -> Bool {
        guard !isDeep, case .every(let seconds) = policy.recheck, image.content.isEmpty,
            let held = image.destination.digest
        else { return false }
        // A clock that was put back makes no look recent.
        let age = await book.memory.age(of: held, image.claim, policy, at: image.destinationPlace)
        return age.map { (0..<seconds).contains($0) } ?? false
    }

    private func walk(
        _ image: inout ObservedImage, _ view: RepositoryView, _ policy: ReferrerPolicy, asksAll: Bool
    ) async throws(RegistryError) -> ReferrerWalk.Found {
        let claim = image.claim
        if await isRecent(image, policy) { return ReferrerWalk.Found() }
        let tags = try await on(.source) { () async throws(RegistryError) in try await book.tags(of: claim) }
        // The destination has the image itself, so its repository is not new.
        if image.content.isEmpty { image.repository = .populated }
        let source = try places.backend(claim.sourceRegistry)
        let destination = try places.backend(claim.destinationRegistry)
        let walk = ReferrerWalk(
            observer: self, image: image, policy: policy, source: source, destination: destination,
            view: view,
            tags: tags, isThorough: isDeep || policy.recheck != .onChange,
            tree: TreeWalk(
                observer: self, image: image, source: source, destination: destination, view: view,
                asksAll: asksAll || isDeep, asksAgain: asksAll, pulls: PullBudget(at: source)))
        let outcome: Result<ReferrerWalk.Found, RegistryError>
        do throws(RegistryError) {
            outcome = .success(try await walk.run(try await subjects(of: image, walk)))
        } catch {
            outcome = .failure(error)
        }
        await walk.tree.pulls.end()
        let found = try outcome.get()
        if case .every = policy.recheck, found.isNothing, image.content.isEmpty,
            let held = image.destination.digest
        {
            await book.memory.noteLook(at: held, claim, policy, at: image.destinationPlace)
        }
        return found
    }

    /// The manifests of an image that something may hang on: its own, and those that it names.
    private func subjects(of image: ObservedImage, _ walk: ReferrerWalk) async throws(RegistryError)
        -> [Digest]
    {
        var subjects: [Digest] = []
        if let top = image.content.last?.document {
            subjects = [top.digest]
            for document in image.content.map(\.document) {
                subjects += [document.digest] + document.children.map(\.digest)
            }
        } else if let held = image.destination.digest {
            subjects = [held]
            guard try await looksAtChildren(of: held, walk) else { return subjects }
            subjects += try await on(.destination) { () async throws(RegistryError) in
                try await book.children(
                    of: held, in: image.claim.destinationRepository, at: walk.destination)
            }
        }
        var seen: Set<Digest> = []
        return subjects.filter { seen.insert($0).inserted }
    }

    /// An index that is in sync is read where its children's signatures may be missing: when all is compared, or when
    /// tags that the destination lacks are about none of the images that were looked at.
    private func looksAtChildren(of digest: Digest, _ walk: ReferrerWalk) async throws(RegistryError) -> Bool
    {
        guard await walk.view.isIndex(digest) else { return false }
        if walk.isThorough { return try await walk.mayFindAnything(about: digest) }
        guard !walk.tags.isEmpty else { return false }
        await list(walk.claim, walk.view)
        return await walk.view.lacksStrangers(of: walk.tags)
    }
}

import Desired
import HTTP
import OCI
import Plan
import Registry
import State

/// Looks at images, cheaply: heads first, lists where they save heads, content only where digests differ.
///
/// One observer serves one pass, so that what it learned of a repository is asked for once.
struct Observer: Sendable {
    let places: Places
    let depth: CostDepth
    let store: Store?
    let counter: LookCounter
    let book: ReferrerBook
    /// What choices of platforms come to.
    let subsets: SubsetMemo
    /// Images that look in sync are looked at behind their tags.
    let isDeep: Bool

    /// - Parameters:
    ///   - lists: the lists that the pass has asked for so far.
    ///   - store: what earlier passes remembered.
    ///   - isDeep: that is not believed; images that look in sync are looked at behind their tags.
    ///   - now: seconds since 1970.
    init(
        places: Places, depth: CostDepth, lists: ListMemo? = nil, store: Store? = nil, isDeep: Bool = false,
        now: @escaping @Sendable () -> Int64 = Store.systemTime
    ) {
        self.places = places
        self.depth = depth
        self.store = store
        self.isDeep = isDeep
        subsets = SubsetMemo(store, recalls: !isDeep)
        counter = LookCounter()
        book = ReferrerBook(
            places: places, lists: lists ?? ListMemo(places), counter: counter,
            memory: ReferrerMemory(store: store, now: now, recalls: !isDeep))
    }

    /// What is told of the looks while they are under way.
    enum Event: Sendable {
        /// An image's own requests begin.
        case begun(Int)
        /// An image waits for others: its siblings, or its turn to be read.
        case paused(Int)
        /// All that an image needs is known.
        case found(Int, Look)
    }

    /// Looks at all images of one destination repository and hands each over when all that it needs is known.
    ///
    /// The destination is asked for the first tag alone: a repository that is not there is then found out by one
    /// HEAD and one list. The others go in waves, so that whether to list does not depend on whose answer came
    /// first. For the same reason content is read once all heads are known, since they tell the siblings.
    func look(
        at group: [Numbered], _ view: RepositoryView, _ gate: LookGate,
        tell: @escaping @Sendable (Event) -> Void
    ) async {
        guard let first = group.first else { return }
        await expect(group.map(\.claim))
        let turns = await gate.turns(of: first.claim)
        await view.begin(1)
        tell(.begun(first.index))
        let begun = await destinationHead(of: first.claim, view)
        tell(.paused(first.index))
        if await view.wantsList { await list(first.claim, view) }
        var unread: [(Int, Look)] = []
        var rest = group[...]
        var size = Self.wave
        while !rest.isEmpty {
            let wave = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            // A repository that holds what it was asked for so far is likely to hold more: fewer stops then.
            size = min(size * 4, 512)
            await view.begin(wave.first?.index == first.index ? wave.count - 1 : wave.count)
            let looks = await wave.mapBounded(by: 64) { entry in
                await turns.heads.bounding {
                    tell(.begun(entry.index))
                    let isFirst = entry.index == first.index
                    let look = isFirst ? begun : await destinationHead(of: entry.claim, view)
                    defer { tell(.paused(entry.index)) }
                    return await sourceHead(of: look)
                }
            }
            for (entry, look) in zip(wave, looks) {
                guard needsContent(look.image) || wantsReferrers(look.image) else {
                    tell(.found(entry.index, look))
                    continue
                }
                unread.append((entry.index, look))
            }
            if await view.wantsList { await list(first.claim, view) }
        }
        _ = await unread.mapBounded(by: Self.wave) { index, look in
            await gate.pass(index)
            await turns.reads.bounding {
                tell(.begun(index))
                tell(.found(index, await read(look)))
            }
        }
    }

    /// Tells places that remember lists what they will be asked.
    private func expect(_ claims: [Claim]) async {
        guard let first = claims.first else { return }
        let destination = (try? places.backend(first.destinationRegistry))?.asRecalling
        await destination?.expect(claims.count, in: first.destinationRepository)
        guard let source = (try? places.backend(first.sourceRegistry))?.asRecalling else {
            return
        }
        for (repository, claims) in Dictionary(grouping: claims, by: \.sourceRepository) {
            await source.expect(claims.count, in: repository)
        }
    }

    /// How many tags of one repository are asked for before what was learned is looked at.
    private static let wave = 16

    /// Lists a claim's destination repository, once in a pass. A failure costs the knowledge and no more: what
    /// the list would have told is then asked for.
    func list(_ claim: Claim, _ view: RepositoryView) async {
        await view.list { () async throws(RegistryError) in
            let destination = try places.backend(claim.destinationRegistry)
            await counter.add(1, at: destination)
            return try await destination.tags(in: claim.destinationRepository)
        }
    }

    /// The two digests of one image.
    func heads(of claim: Claim, _ view: RepositoryView) async -> Look {
        await sourceHead(of: await destinationHead(of: claim, view))
    }

    private func destinationHead(of claim: Claim, _ view: RepositoryView) async -> Look {
        let image = ObservedImage(
            claim: claim, sourcePlace: claim.sourceRegistry, destinationPlace: claim.destinationRegistry)
        var look = Look(image: image, view: view)
        await look.trying { image throws(RegistryError) in
            let destination = try places.backend(claim.destinationRegistry)
            image.sourcePlace = try places.backend(claim.sourceRegistry).place
            image.destinationPlace = destination.place
            image.destination = try await on(.destination) { () async throws(RegistryError) in
                try await destinationSight(claim, destination, view)
            }
        }
        return look
    }

    private func sourceHead(of look: Look) async -> Look {
        var look = look
        let view = look.view
        await look.trying { image throws(RegistryError) in
            let (claim, held) = (image.claim, image.destination)
            let source = try places.backend(claim.sourceRegistry)
            let (sight, kind) = try await on(.source) { () async throws(RegistryError) in
                try await sourceSight(claim, source, destinationHas: held, &image.isUntagged)
            }
            image.source = sight
            await noteSubset(of: &image, view, kind: kind)
            try await settle(&image)
            try await noteKeeping(of: &image)
        }
        return look
    }

    /// One content may go by sha512 at one side and by sha256 at the other: its bytes settle whether it is one.
    func settle(_ image: inout ObservedImage) async throws(RegistryError) {
        guard let wanted = image.wanted, let held = image.destination.digest,
            wanted.algorithm != held.algorithm
        else { return }
        await counter.add(1)
        let (destination, repository) = (
            try places.backend(image.claim.destinationRegistry), image.claim.destinationRepository
        )
        let document = try await on(.destination) { () async throws(RegistryError) in
            try await destination.manifest(.digest(held), in: repository)
        }
        guard let document, Digest(hashing: document.bytes, by: wanted.algorithm) == wanted else { return }
        image.destination = .present(wanted)
    }

    /// Finds out whether the destination would let its tag be moved, where that would have to be done.
    func noteKeeping(of image: inout ObservedImage) async throws(RegistryError) {
        let claim = image.claim
        guard image.isMoved, claim.overwrite == .always,
            let keeper = try places.backend(claim.destinationRegistry).asKeptTags
        else { return }
        let isKept = try await on(.destination) { () async throws(RegistryError) in
            try await keeper.keeps(claim.destinationTag, in: claim.destinationRepository)
        }
        if isKept { image.isKept = true }
    }

    private func destinationSight(_ claim: Claim, _ destination: any Backend, _ view: RepositoryView)
        async throws(RegistryError) -> Sight
    {
        let tag = claim.destinationTag
        if await view.lacks(tag) { return .absent }
        await counter.add(1, at: destination)
        let answer = try await destination.resolve(.tag(tag), in: claim.destinationRepository)
        await view.saw(tag, answer)
        return answer.map { .present($0.digest) } ?? .absent
    }

    private func sourceSight(
        _ claim: Claim, _ source: any Backend, destinationHas sight: Sight, _ isUntagged: inout Bool
    ) async throws(RegistryError) -> (Sight, MediaType?) {
        // Where the destination lacks the tag the manifest is fetched anyway, straight by tag; but for a pin,
        // which is fetched by its digest: that the tag has moved away from it would not be seen.
        guard sight != .absent || depth == .none || claim.pin != nil else { return (.unasked, nil) }
        await counter.add(1, at: source)
        let answer = try await resolve(
            claim.sourceTag, in: claim.sourceRepository, source, knowing: sight.digest)
        if let answer { return (.present(answer.digest), answer.mediaType) }
        isUntagged = true
        guard let pin = claim.pin, sight.digest != pin else { return (.absent, nil) }
        await counter.add(1, at: source)
        let pinned = try await source.resolve(.digest(pin), in: claim.sourceRepository)
        return (pinned.map { .present($0.digest) } ?? .absent, pinned?.mediaType)
    }
}

/// What a tag stands for, asked with what is known where the place can make use of it.
private func resolve(
    _ tag: Tag, in repository: RepositoryName, _ place: any Backend, knowing known: Digest?
) async throws(RegistryError) -> Descriptor? {
    guard let known, let comparing = place.asComparing else {
        return try await place.resolve(.tag(tag), in: repository)
    }
    return try await comparing.resolve(tag, in: repository, knowing: known)
}

/// A wanted image and its place in the order of the plan.
struct Numbered: Sendable {
    var index: Int
    var claim: Claim
}

/// What was found of one image, and what is known of its repository.
struct Look: Sendable {
    var image: ObservedImage
    var view: RepositoryView
    /// Why looking failed; the image then carries its text.
    var error: RegistryError?
    /// Content and what hangs on the image are known, where they must be.
    var isRead = false
    /// What should be told beside the image, one line each.
    var notes: [String] = []

    /// The same without what was read, which can be read again.
    var withoutContent: Look {
        guard !image.everything.isEmpty else { return self }
        var look = self
        (look.image.content, look.image.questions, look.image.asked) = ([], 0, [])
        (look.image.referrers, look.image.referrerLists, look.isRead) = ([], [], false)
        return look
    }

    /// Runs a part of the look; a failure ends the look and stays with it.
    mutating func trying(_ body: (inout ObservedImage) async throws(RegistryError) -> Void) async {
        guard error == nil else { return }
        do throws(RegistryError) { try await body(&image) } catch {
            self.error = error
            image.failure = error.description
            image.isDeferred = error.kind == .deferred
        }
    }
}

/// Runs something whose failures are told of one side.
func on<Value>(_ side: RegistryError.Side, _ body: () async throws(RegistryError) -> Value)
    async throws(RegistryError) -> Value
{
    do throws(RegistryError) { return try await body() } catch { throw error.on(side) }
}

/// How many requests looking took.
actor LookCounter {
    /// Heads and lists.
    private(set) var requests = 0

    /// Counts some more.
    func add(_ count: Int) { requests += count }

    /// Counts a question that costs a request, but where the place counts what it costs by itself.
    func add(_ count: Int, at place: any Backend) {
        if place.asRecalling == nil { requests += count }
    }
}

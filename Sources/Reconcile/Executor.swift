import Desired
import OCI
import Plan
import Registry

/// Copies one image: its blobs, then its child manifests, then the one PUT that makes it visible.
struct Executor: Sendable {
    let observer: Observer
    let ledgers: Ledgers
    /// How the wait before a second look at what was written is spent.
    let pause: @Sendable (Duration) async throws -> Void
    let habits = ReferrerHabits()
    /// The destination is looked at once more before its tag is put: it must be what it was.
    var isGuarded = false
    /// The place in the order of the plan of what is copied: what later images told is not relied on.
    var order = Int.max

    /// What a copy moved.
    struct Moved: Sendable, Hashable {
        /// Bytes of blobs that were sent, and of manifests.
        var bytes: Int64 = 0
        /// Blobs that were sent.
        var uploads = 0
        /// Blobs that were mounted.
        var mounts = 0

        static func += (sum: inout Moved, more: Moved) {
            sum.bytes += more.bytes
            sum.uploads += more.uploads
            sum.mounts += more.mounts
        }
    }

    /// Remembers what a look found at the destination, for the images after this one.
    func learn(_ image: ObservedImage) async {
        let ledger = await ledgers.blobs(at: image.destinationPlace)
        let present = Set(image.everything.flatMap(\.present))
        for digest in present {
            await ledger.note(digest, in: image.claim.destinationRepository, since: order)
        }
        await remember(Array(present), of: image)
    }

    /// Copies what a look found. What the repository turns out to lack is asked for anew and brought, once.
    ///
    /// What was moved is told of a copy that fails, too.
    func copy(_ look: Look, _ moved: inout Moved) async throws(RegistryError) {
        await look.view.note(bringing: look.image)
        do throws(RegistryError) {
            try await write(look.image, &moved)
        } catch let error where error.kind == .contentMissing {
            let place = look.image.destinationPlace
            for ledger in [await ledgers.blobs(at: place), await ledgers.manifests(at: place)] {
                await ledger.forget(look.image.claim.destinationRepository)
            }
            await forgetRepository(of: look.image)
            let again = try await lookAgain(look)
            await learn(again)
            try await write(again, &moved)
        }
    }

    /// What is to be brought, with all of it asked for anew. A saved plan brings what it holds and nothing else.
    private func lookAgain(_ look: Look) async throws(RegistryError) -> ObservedImage {
        guard !isGuarded else { return try await observer.askingAgain(for: look.image) }
        let again = await observer.read(look, asksAll: true)
        if let error = again.error { throw error }
        return again.image
    }

    private func write(_ image: ObservedImage, _ moved: inout Moved) async throws(RegistryError) {
        let claim = image.claim
        guard image.content.last != nil || !image.referrers.isEmpty else {
            throw RegistryError(
                .notFound, on: .source, at: image.sourcePlace, while: "read manifest",
                "\(claim.sourceRepository):\(claim.sourceTag)", detail: "it went away while it was copied")
        }
        let destination = try observer.places.backend(claim.destinationRegistry)
        if let preparing = destination.asPreparing {
            try await on(.destination) { () async throws(RegistryError) in
                try await preparing.prepare(claim.destinationRepository, for: claim.rule)
            }
        }
        let ledger = await ledgers.blobs(at: image.destinationPlace)
        let blobs = Self.missingBlobs(of: image)
        let digests = Array(Set(image.everything.flatMap { $0.document.blobs.map(\.digest) }))
        let begun = await ledger.begin(digests, into: claim.destinationRepository)
        do throws(RegistryError) {
            try await bring(blobs, of: image, ledger, begun, &moved)
            try await putManifests(of: image, destination, &moved)
        } catch {
            await ledger.end(begun, digests, isCommitted: false)
            throw error
        }
        await ledger.end(begun, digests, isCommitted: true)
    }

    /// Puts what the blobs are for: the manifests that the image's own names, what hangs on it, and its own.
    private func putManifests(of image: ObservedImage, _ destination: any Backend, _ moved: inout Moved)
        async throws(RegistryError)
    {
        let claim = image.claim
        try await putChildren(image.content.dropLast().map(\.document), image, destination, &moved)
        try await on(.destination) { () async throws(RegistryError) in
            try await putReferrers(of: image, destination, &moved)
        }
        // An image that was there lacked only what hangs on it.
        guard let top = image.content.last else { return }
        try await on(.destination) { () async throws(RegistryError) in
            guard image.loss == nil else {
                // The tag is right: what it stands for is put by its digest.
                try await destination.put(
                    top.document, as: .digest(top.document.digest), in: claim.destinationRepository)
                moved.bytes += Int64(top.document.bytes.count)
                return
            }
            guard try await !isThere(top.document, image, destination) else { return }
            try await putTag(top.document, claim, destination)
            moved.bytes += Int64(top.document.bytes.count)
        }
    }

    /// Puts manifests by their digests, those before that others name.
    func putChildren(
        _ children: [ManifestDocument], _ image: ObservedImage, _ destination: any Backend,
        _ moved: inout Moved
    ) async throws(RegistryError) {
        let claim = image.claim
        let ledger = await ledgers.manifests(at: image.destinationPlace)
        for level in Self.levels(of: children) {
            let results = await level.mapBounded(by: 8) { child -> Result<Int64, RegistryError> in
                do throws(RegistryError) {
                    return .success(try await put(child, claim, destination, ledger))
                } catch { return .failure(error) }
            }
            for case .success(let bytes) in results { moved.bytes += bytes }
            for case .failure(let error) in results { throw error }
        }
    }

    /// Manifests by what they wait for: those of one level name none of the same or of a later one.
    private static func levels(of children: [ManifestDocument]) -> [[ManifestDocument]] {
        var levels: [[ManifestDocument]] = []
        var known: [Digest: Int] = [:]
        for child in children {
            let level = child.children.compactMap { known[$0.digest] }.max().map { $0 + 1 } ?? 0
            known[child.digest] = level
            if level == levels.count { levels.append([]) }
            levels[level].append(child)
        }
        return levels
    }

    /// Puts a child by its digest; returns its bytes, none where another image of the repository has done so.
    private func put(
        _ child: ManifestDocument, _ claim: Claim, _ destination: any Backend, _ ledger: BlobLedger
    ) async throws(RegistryError) -> Int64 {
        let repository = claim.destinationRepository
        let turn = try await turn(for: child.digest, in: repository, destination, ledger)
        guard case .bring = turn else { return 0 }
        try await on(.destination) { () async throws(RegistryError) in
            try await ledger.bring(child.digest, into: repository) { () async throws(RegistryError) in
                try await destination.put(child, as: .digest(child.digest), in: repository)
            }
        }
        return Int64(child.bytes.count)
    }

    /// Where nothing may be overwritten, the tag is asked for once more: the look may be long ago, or have relied
    /// on a list that was not up to date. So it is where a saved plan is applied, which says what the tag must be.
    private func isThere(_ document: ManifestDocument, _ image: ObservedImage, _ destination: any Backend)
        async throws(RegistryError) -> Bool
    {
        let claim = image.claim
        guard isGuarded || claim.overwrite == .never else { return false }
        let (repository, tag) = (claim.destinationRepository, claim.destinationTag)
        let now = try await destination.now.resolve(.tag(tag), in: repository)?.digest
        if let now, now == Digest(hashing: document.bytes, by: now.algorithm) { return true }
        if isGuarded, now != image.destination.digest {
            throw .stale(claim, at: destination.place, was: image.destination.digest, isNow: now)
        }
        guard let now, claim.overwrite == .never else { return false }
        throw RegistryError(
            .immutable, at: destination.place, while: "put manifest", "\(repository):\(tag)",
            detail: "it appeared meanwhile as \(now.short), and overwrite is never")
    }

    private func turn(
        for digest: Digest, in repository: RepositoryName, _ destination: any Backend, _ ledger: BlobLedger,
        begun: Int = .max
    ) async throws(RegistryError) -> BlobLedger.Turn {
        do {
            return try await ledger.turn(for: digest, in: repository, order: order, begun: begun)
        } catch {
            throw RegistryError(
                .cancelled, at: destination.place, while: "wait for", "\(repository)@\(digest)")
        }
    }

    /// A registry that keeps tags immutable refuses even the digest that is there: then nothing is to be done.
    private func putTag(_ document: ManifestDocument, _ claim: Claim, _ destination: any Backend)
        async throws(RegistryError)
    {
        do throws(RegistryError) {
            try await destination.put(
                document, as: .tag(claim.destinationTag), in: claim.destinationRepository)
        } catch let error where error.kind == .immutable {
            let now = try await destination.now.resolve(
                .tag(claim.destinationTag), in: claim.destinationRepository)
            guard now?.digest == document.digest else { throw error }
        }
    }

    /// The blobs that the destination is not known to have, each once.
    private static func missingBlobs(of image: ObservedImage) -> [Descriptor] {
        var seen: Set<Digest> = []
        var missing: [Descriptor] = []
        for manifest in image.everything {
            for blob in manifest.document.blobs where seen.insert(blob.digest).inserted {
                if !manifest.present.contains(blob.digest) { missing.append(blob) }
            }
        }
        return missing
    }

    /// Brings blobs, side by side; all are let finish, since other images may wait for some of them.
    private func bring(
        _ missing: [Descriptor], of image: ObservedImage, _ ledger: BlobLedger, _ begun: Int,
        _ moved: inout Moved
    ) async throws(RegistryError) {
        let results = await missing.mapBounded(by: 16) { blob -> Result<Moved, RegistryError> in
            do throws(RegistryError) {
                return .success(try await bring(blob, of: image, ledger, begun))
            } catch {
                return .failure(error)
            }
        }
        for case .success(let one) in results { moved += one }
        await remember(zip(missing, results).filter { (try? $0.1.get()) != nil }.map(\.0.digest), of: image)
        for case .failure(let error) in results { throw error }
    }

    private func bring(_ blob: Descriptor, of image: ObservedImage, _ ledger: BlobLedger, _ begun: Int)
        async throws(RegistryError) -> Moved
    {
        let claim = image.claim
        let source = try observer.places.backend(claim.sourceRegistry)
        let destination = try observer.places.backend(claim.destinationRegistry)
        let repository = claim.destinationRepository
        let turn = try await turn(for: blob.digest, in: repository, destination, ledger, begun: begun)
        guard case .bring(let known) = turn else { return Moved() }
        // Within one registry the source's own repository is a neighbour.
        let neighbour = known ?? (source.place == destination.place ? claim.sourceRepository : nil)
        return try await on(.destination) { () async throws(RegistryError) in
            try await ledger.bring(blob.digest, into: repository) { () async throws(RegistryError) in
                let hint = neighbour == nil ? hint(for: blob.digest, of: image) : nil
                let arrival = try await destination.putBlob(
                    blob, from: source.blob(blob.digest, in: claim.sourceRepository), in: repository,
                    mounting: neighbour ?? hint)
                guard arrival != .held else { return Moved() }
                if neighbour != nil { await ledger.mountEnded(granted: arrival == .mounted) }
                if hint != nil { await hintEnded(granted: arrival == .mounted, blob.digest, of: image) }
                return arrival == .mounted ? Moved(mounts: 1) : Moved(bytes: blob.size, uploads: 1)
            }
        }
    }
}

/// The ledgers of all destinations, one for each host.
actor Ledgers {
    private let places: Places
    private var blobs: [String: BlobLedger] = [:]
    private var manifests: [String: BlobLedger] = [:]

    /// - Parameter places: they know what they mount.
    init(_ places: Places) { self.places = places }

    /// The blobs of a destination.
    func blobs(at place: String) async -> BlobLedger {
        if let known = blobs[place] { return known }
        let mounting = await places.mounting(at: place)
        if let known = blobs[place] { return known }
        let ledger = BlobLedger(mounting)
        blobs[place] = ledger
        return ledger
    }

    /// The child manifests of a destination, which each repository needs for itself.
    func manifests(at place: String) -> BlobLedger {
        if let known = manifests[place] { return known }
        let ledger = BlobLedger(.nothing)
        manifests[place] = ledger
        return ledger
    }
}

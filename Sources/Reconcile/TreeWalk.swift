import Desired
import OCI
import Plan
import Registry
import Synchronization

/// Walks an image's manifests, children before parents, and asks what the destination has of each.
struct TreeWalk: Sendable {
    let observer: Observer
    let image: ObservedImage
    let source: any Backend
    let destination: any Backend
    let view: RepositoryView
    /// Ask for every blob, whatever is thought to be known.
    let asksAll: Bool
    /// Ask even for what was asked before in this pass.
    let asksAgain: Bool
    /// What may be read at a source that counts it.
    let pulls: PullBudget
    private let budget = Budget()

    init(
        observer: Observer, image: ObservedImage, source: any Backend, destination: any Backend,
        view: RepositoryView, asksAll: Bool, asksAgain: Bool? = nil, pulls: PullBudget
    ) {
        self.observer = observer
        self.image = image
        self.source = source
        self.destination = destination
        self.view = view
        self.asksAll = asksAll
        self.asksAgain = asksAgain ?? asksAll
        self.pulls = pulls
    }

    /// What an image's manifests may still take of memory.
    private final class Budget: Sendable {
        private let left = Atomic(ImageBounds.bytes)

        func allows(_ size: Int64) -> Bool { left.load(ordering: .relaxed) >= size }
        func spend(_ size: Int) { left.subtract(Int64(size), ordering: .relaxed) }
    }

    /// The destination remembers what its lists tell, and counts by itself what it is asked.
    private var remembers: Bool { destination.asRecalling != nil }

    /// A repository that may hold something of the image is asked.
    private var asks: Bool { asksAll || image.repository != .fresh }

    /// The manifests in the order of writing, and what it took to know.
    ///
    /// - Parameter isReferrer: no sibling is likely to hold anything of it.
    func run(_ top: ManifestDocument, isReferrer: Bool = false) async throws(RegistryError) -> Found {
        var found = Found()
        found.seen.insert(top.digest)
        budget.spend(top.bytes.count)
        let sibling = asks && !asksAll && !isReferrer ? try await siblingOfTop(&found) : nil
        try await visit(top, sibling, depth: 0, &found)
        if asks, !asksAll { try await askTop(top, &found) }
        return found
    }

    /// Where all that the top names is there, the top may be, too, without a tag. Whether it was is asked before
    /// anything is written, since an index of this pass may name it.
    private func askTop(_ top: ManifestDocument, _ found: inout Found) async throws(RegistryError) {
        var whole = image
        whole.content = found.manifests
        guard await !view.hasTag(on: top.digest), whole.isComplete || observer.depth != .exact else { return }
        if !remembers { found.asked.insert(.child(top.digest)) }
        if whole.isComplete { _ = try await isHeld(top.digest) }
    }

    private func isHeld(_ manifest: Digest) async throws(RegistryError) -> Bool {
        let (repository, destination) = (image.claim.destinationRepository, destination)
        return try await on(.destination) { () async throws(RegistryError) in
            try await view.heldManifest(manifest) { () async throws(RegistryError) in
                try await destination.resolve(.digest(manifest), in: repository) != nil
            }
        }
    }

    /// What a walk found.
    struct Found {
        /// The manifests, children before parents.
        var manifests: [ObservedManifest] = []
        /// Requests that were made for this image alone.
        var questions = 0
        /// What the destination repository was asked by this image or another.
        var asked: Set<Question> = []
        fileprivate var seen: Set<Digest> = []
    }

    private func visit(
        _ document: ManifestDocument, _ sibling: ManifestDocument?, depth: Int, _ found: inout Found
    ) async throws(RegistryError) {
        let children = document.children.filter { found.seen.insert($0.digest).inserted }
        // Judged before anything is read: an index of an index may name far more than memory can hold.
        guard depth < ImageBounds.depth, found.seen.count <= ImageBounds.manifests else {
            throw malformed(
                "its index has more than \(ImageBounds.depth) levels or \(ImageBounds.manifests) manifests")
        }
        if asks, !asksAll, !remembers { found.asked.formUnion(children.map { .child($0.digest) }) }
        let known = await readMany(try await lacked(of: children))
        let answers = await children.mapBounded(by: 8) { child -> Result<Child, RegistryError> in
            do throws(RegistryError) { return .success(try await read(child, known)) } catch {
                return .failure(error)
            }
        }
        var unheld: [(Descriptor, ManifestDocument)] = []
        for (child, answer) in zip(children, answers) {
            let answer = try answer.get()
            found.questions += answer.questions
            if let document = answer.document { unheld.append((child, document)) }
        }
        try await visit(children: unheld, sibling, depth: depth + 1, &found)
        var manifest = ObservedManifest(document)
        if asks { try await askBlobs(of: &manifest, sibling, &found) }
        found.manifests.append(manifest)
    }

    /// Children that are no indexes are looked at side by side; what was found keeps the order of the index.
    private func visit(
        children: [(Descriptor, ManifestDocument)], _ parentSibling: ManifestDocument?, depth: Int,
        _ found: inout Found
    ) async throws(RegistryError) {
        let leaves = await children.mapBounded(by: 8) { child, document -> Result<Found, RegistryError>? in
            guard document.children.isEmpty else { return nil }
            var part = Found()
            do throws(RegistryError) {
                let sibling = try await sibling(of: child, document, in: parentSibling, &part)
                try await visit(document, sibling, depth: depth, &part)
                return .success(part)
            } catch { return .failure(error) }
        }
        for ((child, document), leaf) in zip(children, leaves) {
            if let leaf {
                let part = try leaf.get()
                found.manifests += part.manifests
                found.asked.formUnion(part.asked)
                continue
            }
            let sibling = try await sibling(of: child, document, in: parentSibling, &found)
            try await visit(document, sibling, depth: depth, &found)
        }
    }

    /// The child for the same platform of what the tag stood for, or of the nearest tag.
    private func sibling(
        of child: Descriptor, _ document: ManifestDocument, in parent: ManifestDocument?,
        _ found: inout Found
    ) async throws(RegistryError) -> ManifestDocument? {
        guard !document.blobs.isEmpty,
            let same = parent?.children.first(where: { $0.platform == child.platform })
        else { return nil }
        return try await read(.digest(same.digest), &found)
    }

    /// What was found of a child: nothing but the cost where the destination has it.
    private struct Child: Sendable {
        var document: ManifestDocument?
        var questions = 0
    }

    /// A child that the destination has, has all that hangs on it there: nothing of it is read.
    ///
    /// It is asked for even where a sibling names it: registries can lose what only an index names.
    private func read(_ child: Descriptor, _ known: [Digest: ManifestDocument]) async throws(RegistryError)
        -> Child
    {
        var answer = Child()
        if asks, !asksAll, try await isHeld(child.digest) { return answer }
        guard budget.allows(child.size) else {
            throw malformed("its manifests are larger than \(ImageBounds.bytes >> 20) MiB in all")
        }
        answer.document = known[child.digest]
        if answer.document == nil {
            answer.questions += 1
            answer.document = try await alone(child)
        }
        guard let document = answer.document else {
            throw malformed("its index names \(child.digest.short), which the source lacks")
        }
        budget.spend(document.bytes.count)
        return answer
    }

    private func alone(_ child: Descriptor) async throws(RegistryError) -> ManifestDocument? {
        try await on(.source) { () async throws(RegistryError) in
            try await pulls.using { () async throws(RegistryError) in
                try await source.manifest(.digest(child.digest), in: image.claim.sourceRepository)
            }
        }
    }

    /// Of an index's children, those that the destination lacks, where the source can be asked for many at once.
    private func lacked(of children: [Descriptor]) async throws(RegistryError) -> [Descriptor] {
        guard children.count > 1, source.asManifestBatch != nil else { return [] }
        guard asks, !asksAll else { return children }
        let answers = await children.mapBounded(by: 8) { child -> Result<Bool, RegistryError> in
            do throws(RegistryError) { return .success(try await isHeld(child.digest)) } catch {
                return .failure(error)
            }
        }
        var lacked: [Descriptor] = []
        for (child, answer) in zip(children, answers) where try !answer.get() { lacked.append(child) }
        return lacked
    }

    /// Manifests of the source, many at once. What does not come this way is read by itself.
    private func readMany(_ children: [Descriptor]) async -> [Digest: ManifestDocument] {
        guard let batches = source.asManifestBatch else { return [:] }
        var found: [Digest: ManifestDocument] = [:]
        for some in children.pieces(of: batches.largestManifestBatch) {
            guard budget.allows(some.reduce(Int64(0)) { $0 + max(0, min($1.size, ImageBounds.bytes)) }) else {
                break
            }
            let answer = try? await batches.manifests(some.map(\.digest), in: image.claim.sourceRepository)
            found.merge(answer ?? [:]) { first, _ in first }
        }
        return found
    }

    /// What the tag stands for at the destination now, else the nearest tag: its content is there.
    private func siblingOfTop(_ found: inout Found) async throws(RegistryError) -> ManifestDocument? {
        if let held = image.destination.digest { return try await read(.digest(held), &found) }
        guard let neighbour = await view.neighbour(of: image.claim.destinationTag) else { return nil }
        return try await read(neighbour, &found)
    }

    private func read(_ reference: Reference, _ found: inout Found) async throws(RegistryError)
        -> ManifestDocument?
    {
        let (repository, destination) = (image.claim.destinationRepository, destination)
        found.asked.insert(.manifest(reference))
        return await view.document(reference) { () async throws(RegistryError) in
            try await destination.manifest(reference, in: repository)
        }
    }

    /// What the sibling does not name is asked for, where every question counts.
    private func askBlobs(
        of manifest: inout ObservedManifest, _ sibling: ManifestDocument?, _ found: inout Found
    ) async throws(RegistryError) {
        let named = Set(sibling?.blobs.map(\.digest) ?? [])
        let unnamed = manifest.document.blobs.filter { !named.contains($0.digest) }
        manifest.present = named.intersection(manifest.document.blobs.map(\.digest))
        // A pass that copies asks for these: an estimate counts the requests without making them.
        if let batches = destination.asBlobBatch, remembers {
            guard observer.depth == .exact || asksAll else {
                return found.asked.formUnion(unnamed.prefix(1).map { .blob($0.digest) })
            }
            return try await ask(batches, for: unnamed.map(\.digest), &manifest)
        }
        found.asked.formUnion(unnamed.map { .blob($0.digest) })
        guard observer.depth == .exact || asksAll else { return }
        let answers = await unnamed.mapBounded(by: 16) { blob -> Result<Bool, RegistryError> in
            do throws(RegistryError) { return .success(try await destinationHas(blob)) } catch {
                return .failure(error)
            }
        }
        for (digest, answer) in zip(unnamed.map(\.digest), answers) {
            if try answer.get() { manifest.present.insert(digest) } else { manifest.absent.insert(digest) }
        }
    }

    /// Asks for blobs many at once.
    private func ask(
        _ batches: any BlobBatchBackend, for blobs: [Digest], _ manifest: inout ObservedManifest
    ) async throws(RegistryError) {
        guard !blobs.isEmpty else { return }
        let (repository, most) = (image.claim.destinationRepository, batches.largestBlobBatch)
        let ask = { @Sendable (some: [Digest]) async throws(RegistryError) -> Set<Digest> in
            try await on(.destination) { () async throws(RegistryError) in
                try await batches.hasBlobs(some, in: repository)
            }
        }
        var missing: Set<Digest> = []
        if asksAgain {
            for some in blobs.pieces(of: most) {
                missing.formUnion(Set(some).subtracting(try await ask(some)))
            }
        } else {
            missing = try await view.missing(of: blobs, most: most, ask: ask)
        }
        manifest.present.formUnion(Set(blobs).subtracting(missing))
        manifest.absent.formUnion(missing)
    }

    private func destinationHas(_ blob: Descriptor) async throws(RegistryError) -> Bool {
        let (repository, destination) = (image.claim.destinationRepository, destination)
        return try await on(.destination) { () async throws(RegistryError) in
            if asksAgain { return try await destination.holds(blob, in: repository) }
            return try await view.holds(blob.digest) { () async throws(RegistryError) in
                try await destination.holds(blob, in: repository)
            }
        }
    }

    private func malformed(_ detail: String) -> RegistryError {
        RegistryError(
            .malformed, on: .source, at: source.place, while: "read manifest",
            "\(image.claim.sourceRepository):\(image.claim.sourceTag)", detail: detail)
    }
}

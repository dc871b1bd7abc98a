import Desired
import HTTP
import OCI
import Plan
import Registry

/// What a pass has learned of one destination repository.
actor RepositoryView {
    private var unknown: Int
    private var existing: [Tag: Digest?] = [:]
    /// The existing tags that are no signatures, sorted when they are first needed after a change.
    private var sorted: [Tag]?
    private var listTags: Set<String> = []
    private var indexes: Set<Digest> = []
    private var listing: TagListing?
    private var hasAsked = false
    private let lists = Memo<Bool, TagListing?>()
    private var lacksSome = false
    private let documents = Memo<Reference, ManifestDocument?>()
    private let blobs = Memo<Digest, Bool>()
    private let manifests = Memo<Digest, Bool>()
    /// Manifests that are there with all that they name.
    private var whole: Set<Digest> = []
    private let batches = Slots(limit: 1)
    /// Manifests of the source that are left out here, and so is what is about them.
    private var leftOut: Set<Digest> = []
    /// Manifests that the pass itself brings under a tag.
    private var brought: Set<Digest> = []

    /// - Parameter unknown: how many tags are to be looked at.
    init(unknown: Int) { self.unknown = unknown }

    /// Another rule wants tags of the repository too.
    func expect(_ more: Int) { unknown += more }

    /// So many more tags are being looked at.
    func begin(_ count: Int) { unknown -= count }

    /// True when a list has told that there is no such tag.
    func lacks(_ tag: Tag) -> Bool { listing != nil && !listTags.contains(tag.description) }

    /// Whether a list has told that there is such a tag; `nil` where no list is known.
    func holds(_ tag: Tag) -> Bool? { listing == nil ? nil : listTags.contains(tag.description) }

    /// True of a manifest that a HEAD has told to be an index.
    func isIndex(_ digest: Digest) -> Bool { indexes.contains(digest) }

    /// True when the list lacks one of these tags that is about none of the images seen here.
    func lacksStrangers(of tags: AttachedTags) -> Bool {
        guard listing != nil else { return true }
        let known = existing.values.compactMap(\.self) + leftOut
        return tags.strangers(to: known).contains { !listTags.contains($0) }
    }

    /// Manifests of the source are left out here: nobody is to wonder about what is about them.
    func leaveOut(_ digests: [Digest]) { leftOut.formUnion(digests) }

    /// Remembers what a HEAD told.
    func saw(_ tag: Tag, _ answer: Descriptor?) {
        guard let answer else { return lacksSome = true }
        if answer.mediaType.isIndex { indexes.insert(answer.digest) }
        if existing.updateValue(answer.digest, forKey: tag) == nil { sorted = nil }
    }

    /// True when a list may spare heads: a tag was missing, and others have not been looked at.
    var wantsList: Bool { lacksSome && unknown > 0 && !hasAsked }

    /// Asks for the list, once; returns when its answer is known.
    func list(_ ask: @Sendable () async throws(RegistryError) -> TagListing) async {
        hasAsked = true
        let answer = try? await lists.value(for: true) { () async -> TagListing? in try? await ask() }
        guard let listing = answer ?? nil, self.listing == nil else { return }
        self.listing = listing
        listTags = Set(listing.tags)
        sorted = nil
        for tag in listing.tags {
            if let tag = try? Tag(tag), existing[tag] == nil { existing.updateValue(nil, forKey: tag) }
        }
    }

    /// What kind of repository it was when the pass first looked.
    var state: RepositoryState {
        if !existing.isEmpty { return .populated }
        guard let listing else { return .unknown }
        return listing.tags.isEmpty ? .fresh : .populated
    }

    /// The nearest tag before this one, else the nearest after it: what it holds is likely to be needed here too.
    func neighbour(of tag: Tag) -> Reference? {
        let others = sorted ?? sortedTags()
        sorted = others
        var (low, high) = (0, others.count)
        while low < high {
            let middle = (low + high) / 2
            if naturallyPrecedes(others[middle].description, tag.description) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard let nearest = low > 0 ? others[low - 1] : others.first(where: { $0 != tag }) else { return nil }
        if let digest = existing[nearest] ?? nil { return .digest(digest) }
        return .tag(nearest)
    }

    private func sortedTags() -> [Tag] {
        existing.keys.filter { !$0.isInternal }.sorted { naturallyPrecedes($0.description, $1.description) }
    }

    /// A manifest of the repository, read once; a failure only costs the knowledge.
    func document(
        _ reference: Reference, read: @Sendable () async throws(RegistryError) -> ManifestDocument?
    ) async -> ManifestDocument? {
        let answer = try? await documents.value(for: reference) { () async -> ManifestDocument? in
            (try? await read()) ?? nil
        }
        return answer ?? nil
    }

    /// Whether the repository held a manifest before the pass, asked once; a failure is not remembered.
    func heldManifest(
        _ digest: Digest, ask: @Sendable () async throws(RegistryError) -> Bool
    ) async throws(RegistryError) -> Bool {
        try await manifests.value(for: digest) { () async throws(RegistryError) in
            guard try await ask() else { return false }
            return await !self.brought.contains(digest)
        }
    }

    /// True of what a tag is known to stand for.
    func hasTag(on digest: Digest) -> Bool { existing.values.contains(digest) }

    /// An image is about to be written. Where its manifest is new to the repository, one that finds it there later, as
    /// an index may that names it, finds what this pass brought: what a look finds must not depend on how far the
    /// copying has come.
    func note(bringing image: ObservedImage) async {
        guard let top = image.content.last, !hasTag(on: top.document.digest) else { return }
        let digest = top.document.digest
        if image.isComplete {
            // Its look has asked.
            let held = try? await manifests.value(for: digest) { () async -> Bool in true }
            guard held == false else { return }
        }
        brought.insert(digest)
    }

    /// Whether the repository holds a blob, asked once; a failure is not remembered.
    func holds(
        _ digest: Digest, ask: @Sendable () async throws(RegistryError) -> Bool
    ) async throws(RegistryError) -> Bool {
        try await blobs.value(for: digest, ask: ask)
    }

    /// Which of these blobs the repository lacks, asked for many at once, each once. Who needs an answer that
    /// another one waits for waits, too.
    func missing(
        of digests: [Digest], most: Int, ask: @Sendable ([Digest]) async throws(RegistryError) -> Set<Digest>
    ) async throws(RegistryError) -> Set<Digest> {
        do { try await batches.take() } catch {
            throw RegistryError(.cancelled, at: "the registry", while: "wait for", "an answer")
        }
        do throws(RegistryError) {
            let missing = try await missingInTurn(of: digests, most: most, ask: ask)
            await batches.give()
            return missing
        } catch {
            await batches.give()
            throw error
        }
    }

    private func missingInTurn(
        of digests: [Digest], most: Int, ask: ([Digest]) async throws(RegistryError) -> Set<Digest>
    ) async throws(RegistryError) -> Set<Digest> {
        var unknown: [Digest] = []
        for digest in digests where await blobs.known(digest) == nil { unknown.append(digest) }
        for start in stride(from: 0, to: unknown.count, by: most) {
            let some = Array(unknown[start..<min(start + most, unknown.count)])
            let held = try await ask(some)
            for digest in some { await blobs.note(held.contains(digest), for: digest) }
        }
        var missing: Set<Digest> = []
        for digest in digests where await blobs.known(digest) == false { missing.insert(digest) }
        return missing
    }

    /// True of a manifest that was found with all that it names.
    func isWhole(_ digest: Digest) -> Bool { whole.contains(digest) }

    /// Remembers manifests that are there with all that they name.
    func noteWhole(_ digests: [Digest]) { whole.formUnion(digests) }
}

/// The views of a pass, one for each destination repository, whichever rules meet there.
actor RepositoryViews {
    private var views: [String: RepositoryView] = [:]

    /// The view of the repository that an image goes to, when it is looked at alone.
    func view(of claim: Claim, in places: Places) async -> RepositoryView {
        let place = (try? places.backend(claim.destinationRegistry))?.place ?? claim.destinationRegistry
        return await view(of: claim.destinationRepository, at: place, expecting: 1)
    }

    /// The view of a repository, of which so many more tags will be looked at.
    func view(of repository: RepositoryName, at registry: String, expecting count: Int) async
        -> RepositoryView
    {
        let name = "\(registry)/\(repository)"
        if let known = views[name] {
            await known.expect(count)
            return known
        }
        let view = RepositoryView(unknown: count)
        views[name] = view
        return view
    }
}

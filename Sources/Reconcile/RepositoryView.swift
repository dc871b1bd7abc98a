import Desired
import OCI
import Plan
import Registry

/// What a pass has learned of one destination repository.
actor RepositoryView {
    private var unknown: Int
    private var existing: [Tag: Digest?] = [:]
    private var listing: TagListing?
    private var listTags: Set<String> = []
    private var listIsAsked = false
    private var documents: [Reference: Task<ManifestDocument?, Never>] = [:]
    private var blobs: [Digest: Task<Result<Bool, RegistryError>, Never>] = [:]

    /// - Parameter unknown: how many tags are to be looked at.
    init(unknown: Int) { self.unknown = unknown }

    /// Another rule wants tags of the repository too.
    func expect(_ more: Int) { unknown += more }

    /// True when a list has told that there is no such tag; else the tag counts as looked at from now on.
    func lacks(_ tag: Tag) -> Bool {
        unknown -= 1
        return listing != nil && !listTags.contains(tag.description)
    }

    /// Remembers what a HEAD told; returns how many tags nobody has begun to look at.
    func saw(_ tag: Tag, _ answer: Descriptor?) -> Int {
        if let answer { existing[tag] = answer.digest }
        return unknown
    }

    /// True for the first who wants to list.
    func takesList() -> Bool {
        guard !listIsAsked else { return false }
        listIsAsked = true
        return true
    }

    /// Remembers the list.
    func listed(_ listing: TagListing) {
        self.listing = listing
        listTags = Set(listing.tags)
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
        let others = existing.keys.filter { $0 != tag && !$0.isInternal }
        let earlier = others.filter { naturallyPrecedes($0.description, tag.description) }
        let nearest =
            earlier.max { naturallyPrecedes($0.description, $1.description) }
            ?? others.min { naturallyPrecedes($0.description, $1.description) }
        guard let nearest else { return nil }
        if let digest = existing[nearest] ?? nil { return .digest(digest) }
        return .tag(nearest)
    }

    /// A manifest of the repository, read once; a failure only costs the knowledge.
    func document(
        _ reference: Reference, read: @escaping @Sendable () async throws(RegistryError) -> ManifestDocument?
    ) async -> ManifestDocument? {
        if let known = documents[reference] { return await known.value }
        let reading = Task { try? await read() }
        documents[reference] = reading
        return await reading.value
    }

    /// Whether the repository holds a blob, asked once.
    func holds(
        _ digest: Digest, ask: @escaping @Sendable () async throws(RegistryError) -> Bool
    ) async throws(RegistryError) -> Bool {
        if let known = blobs[digest] { return try await known.value.get() }
        let asking = Task {
            do throws(RegistryError) { return Result<Bool, RegistryError>.success(try await ask()) } catch {
                return .failure(error)
            }
        }
        blobs[digest] = asking
        return try await asking.value.get()
    }
}

/// The views of a pass, one for each destination repository, whichever rules meet there.
actor RepositoryViews {
    private var views: [String: RepositoryView] = [:]

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

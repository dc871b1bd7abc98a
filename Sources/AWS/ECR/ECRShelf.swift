import HTTP
import OCI
import Registry

/// What the lists of a pass have told of one repository.
///
/// Of a long list no more pages are read than tags are wanted, so that one tag of a hundred thousand costs two requests,
/// and all of them cost a hundred.
actor ECRShelf {
    private let repository: RepositoryName
    private let registry: ECRRegistry
    private let turn = Slots(limit: 1)
    private let creation = Slots(limit: 1)
    /// The repository is there, whoever has made it.
    private var isMade = false
    private var state = State.unread
    private var tags: [String: Digest] = [:]
    private var entries: [Digest: Entry] = [:]
    /// What names a manifest as its subject.
    private var attached: [Digest: Set<Digest>] = [:]
    private var forgotten = 0
    private var pages = 0
    /// How many tags are wanted.
    private var expected = 0
    /// Requests for single things, since the list is not read to its end.
    private var singles = 0

    /// The most pages of a list that are read: a million images.
    private static let most = 1_000

    private enum State {
        case unread
        case begun(next: String)
        case whole
        case absent
        /// Lists are forbidden: each thing is asked for by itself.
        case closed
    }

    private struct Entry {
        var mediaType: MediaType
        var artifactType: String?
        var isArchived = false
    }

    init(_ repository: RepositoryName, _ registry: ECRRegistry) {
        (self.repository, self.registry) = (repository, registry)
    }

    /// Requests that were made, also for what has been forgotten since.
    var requests: Int { forgotten + pages + singles }

    /// Lets the list be read anew.
    func forget() {
        forgotten += pages + singles
        (pages, singles, state, isMade) = (0, 0, .unread, false)
        (tags, entries, attached) = ([:], [:], [:])
    }

    /// True where a list has told that there is no such repository.
    var isAbsent: Bool { if case .absent = state { true } else { false } }

    /// So many more tags will be asked for.
    func expect(_ tags: Int) { expected += tags }

    // MARK: - Questions

    func tags() async throws(RegistryError) -> TagListing {
        while try await readOn() {}
        switch state {
        case .absent: return .absent
        case .closed:
            singles += 1
            return try await registry.client.tags(in: repository)
        default: return .tags(Array(tags.keys))
        }
    }

    func resolve(_ reference: Reference) async throws(RegistryError) -> Descriptor? {
        while !isKnown, found(reference) == nil, try await readOnIfWorthwhile() {}
        // Another one may have read the end of it meanwhile.
        if let found = found(reference) { return found }
        if isKnown { return nil }
        singles += 1
        return try await registry.resolve(reference, in: repository)
    }

    private func found(_ reference: Reference) -> Descriptor? {
        guard let digest = reference.digest ?? tags[reference.description], let entry = entries[digest]
        else { return nil }
        return Descriptor(mediaType: entry.mediaType, digest: digest, size: 0)
    }

    func referrers(of subject: Digest, type: String?) async throws(RegistryError) -> ReferrerListing {
        while !isKnown, try await readOnIfWorthwhile() {}
        if isAbsent { return .repositoryUnknown }
        guard isKnown else {
            singles += 1
            return try await registry.referrers(of: subject, in: repository, type: type)
        }
        let found = (attached[subject] ?? []).sorted { $0.description < $1.description }
        return .listed(
            found.compactMap { digest in
                guard let entry = entries[digest], type == nil || (entry.artifactType ?? type) == type else {
                    return nil
                }
                return ReferrerEntry(
                    Descriptor(mediaType: entry.mediaType, digest: digest, size: 0),
                    artifactType: entry.artifactType)
            })
    }

    /// The tags of images that are put away: they can't be read.
    func archivedTags() -> Set<String> {
        Set(tags.filter { entries[$0.value]?.isArchived == true }.keys)
    }

    /// Throws where an image is put away and can't be read.
    func checkIsActive(_ reference: Reference) throws(RegistryError) {
        guard let digest = reference.digest ?? tags[reference.description],
            entries[digest]?.isArchived == true
        else { return }
        throw RegistryError(
            .refused, at: registry.place, while: "read manifest",
            "\(repository)\(reference.digest == nil ? ":" : "@")\(reference)",
            detail: "the image is archived; restore it to the standard storage class first")
    }

    /// True where there is no such repository.
    private func isMissing() async throws(RegistryError) -> Bool {
        if case .unread = state { _ = try await readOn() }
        guard case .closed = state else { return isAbsent }
        singles += 1
        return try await registry.described(repository) == nil
    }

    // MARK: - What the pass does itself

    /// Makes the repository where there is none, once, however many images wait for it.
    func create(for rule: String) async throws(RegistryError) {
        do { try await creation.take() } catch {
            throw RegistryError(
                .cancelled, at: registry.place, while: "create repository", repository.description)
        }
        do {
            let isHalfMade = await registry.isHalfMade(repository)
            if !isMade, isHalfMade ? true : try await isMissing() {
                singles += 1
                try await registry.create(repository, for: rule)
                if isAbsent { state = .whole }
            }
            isMade = true
            await creation.give()
        } catch {
            await creation.give()
            throw error
        }
    }

    func note(_ document: ManifestDocument, as reference: Reference) {
        let attachment = Attachment(of: document)
        entries[document.digest] = Entry(
            mediaType: document.mediaType, artifactType: attachment.artifactType)
        if let subject = attachment.subject { attached[subject, default: []].insert(document.digest) }
        if reference.digest == nil { tags[reference.description] = document.digest }
    }

    // MARK: - Reading the list

    /// True where the whole list is known.
    private var isKnown: Bool {
        switch state {
        case .whole, .absent: true
        case .unread, .begun, .closed: false
        }
    }

    private func readOnIfWorthwhile() async throws(RegistryError) -> Bool {
        guard pages < max(1, expected, singles) else { return false }
        return try await readOn()
    }

    /// Reads one more page; false where there is none. Who comes while another reads waits for what that brings.
    private func readOn() async throws(RegistryError) -> Bool {
        let before = pages
        do { try await turn.take() } catch {
            throw RegistryError(.cancelled, at: registry.place, while: "list images", repository.description)
        }
        do {
            let isMore = pages == before ? try await readPage() : true
            await turn.give()
            return isMore
        } catch {
            await turn.give()
            throw error
        }
    }

    private func readPage() async throws(RegistryError) -> Bool {
        var token: String?
        switch state {
        case .whole, .absent, .closed: return false
        case .begun(let next): token = next
        case .unread: try await registry.checkOwner()
        }
        guard pages < Self.most else {
            throw RegistryError(
                .malformed, at: registry.place, while: "list images", repository.description,
                detail: "the list has no end: more than \(Self.most) pages")
        }
        pages += 1
        let page: ECR.Page<ECR.Image>?
        do throws(RegistryError) {
            page = try await registry.images(in: repository, after: token)
        } catch let error where error.kind == .denied {
            await registry.tellOnce("\(error); what lists would tell is asked for one by one instead")
            state = .closed
            return true
        }
        guard let page else {
            state = .absent
            return true
        }
        for image in page.elements { take(image) }
        state = page.next.map { .begun(next: $0) } ?? .whole
        return true
    }

    private func take(_ image: ECR.Image) {
        guard let digest = image.imageDigest.flatMap({ try? Digest($0) }) else { return }
        entries[digest] = Entry(
            mediaType: MediaType(rawValue: image.imageManifestMediaType ?? ""),
            artifactType: image.artifactMediaType,
            isArchived: image.imageStatus.map { $0 != "ACTIVE" } ?? false)
        for tag in image.imageTags ?? [] { tags[tag] = digest }
        if let subject = image.subjectManifestDigest.flatMap({ try? Digest($0) }) {
            attached[subject, default: []].insert(digest)
        }
    }
}

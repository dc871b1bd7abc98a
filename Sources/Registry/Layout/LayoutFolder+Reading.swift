import OCI

extension LayoutFolder {
    private enum Bound {
        static let folders = 100_000
        static let names = 1_000_000
        /// No name of a repository has more parts.
        static let depth = 128
    }

    /// The repositories: every folder below the root that says that it is a layout.
    public func repositories() async throws(RegistryError) -> [RepositoryName] {
        try await perform(Purpose(action: "list repositories", subject: "of the folder")) {
            [root] () throws(DiskError) in
            guard let top = try root.open() else { throw DiskError(.missing, "\(root) is not there") }
            var found: [RepositoryName] = []
            var pending = [("", top)]
            var looked = 0
            while let (name, folder) = pending.popLast() {
                looked += 1
                guard looked <= Bound.folders else {
                    throw DiskError(.malformed, "\(root) holds more than \(Bound.folders) folders")
                }
                if let repository = try? RepositoryName(name), try LayoutRepository(folder: folder).isLayout()
                {
                    found.append(repository)
                }
                try Self.push(below: folder, name, to: &pending)
            }
            return found.sorted()
        }
    }

    /// The folders in a folder that can be repositories, or hold some.
    private static func push(below folder: Folder, _ name: String, to pending: inout [(String, Folder)])
        throws(DiskError)
    {
        for entry in try folder.names(atMost: Bound.names).sorted(by: >)
        where entry != LayoutRepository.blobsName {
            let path = name.isEmpty ? entry : "\(name)/\(entry)"
            guard (try? RepositoryName(path)) != nil, try folder.facts(entry)?.isFolder == true,
                let next = try folder.folder(entry)
            else { continue }
            pending.append((path, next))
        }
    }

    /// The names in a repository's index, tags and whatever other tools took for one.
    public func tags(in repository: RepositoryName) async throws(RegistryError) -> TagListing {
        let purpose = Purpose(action: "list tags", subject: "\(repository)")
        return try await index(of: repository, purpose).map { .tags($0.names.sorted()) } ?? .absent
    }

    /// What a tag stands for by the index, or a digest by the blob of that name; nothing, where that blob is not
    /// there or is not what it should be: it is then put anew.
    public func resolve(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> Descriptor?
    {
        let purpose = purpose("look at", reference, repository)
        switch reference {
        case .tag(let tag):
            guard let held = try await index(of: repository, purpose)?.descriptor(of: tag) else { return nil }
            return try await perform(purpose) { [root] () throws(DiskError) in
                let size = try LayoutRepository.open(repository, below: root)?.size(of: held.digest)
                return size == held.size ? held : nil
            }
        case .digest(let digest):
            return try await perform(purpose) { [root] () throws(DiskError) in
                guard let layout = try LayoutRepository.open(repository, below: root),
                    let bytes = try layout.rightBytes(digest)
                else { return nil }
                return try? ManifestDocument(bytes: bytes, contentType: nil, algorithm: digest.algorithm)
                    .descriptor
            }
        }
    }

    /// A manifest, checked against its digest.
    public func manifest(_ reference: Reference, in repository: RepositoryName) async throws(RegistryError)
        -> ManifestDocument?
    {
        let purpose = purpose("read manifest", reference, repository)
        var wanted = reference.digest
        var mediaType: String?
        if case .tag(let tag) = reference {
            guard let held = try await index(of: repository, purpose)?.descriptor(of: tag) else { return nil }
            (wanted, mediaType) = (held.digest, held.mediaType.rawValue)
        }
        guard let digest = wanted else { return nil }
        let bytes = try await perform(purpose) { [root] () throws(DiskError) in
            try LayoutRepository.open(repository, below: root)?.manifestBytes(digest)
        }
        guard let bytes else { return nil }
        let sum = Digest(hashing: bytes, by: digest.algorithm)
        guard sum == digest else {
            throw failure(DiskError(.wrongBytes, "the blob of the name \(digest) hashes to \(sum)"), purpose)
        }
        do {
            return try ManifestDocument(bytes: bytes, contentType: mediaType, algorithm: digest.algorithm)
        } catch {
            let kind: RegistryError.Kind = if case .malformed = error { .malformed } else { .unsupported }
            throw RegistryError(
                kind, at: place, while: purpose.action, purpose.subject,
                detail: "\(error)".printable(atMost: 300))
        }
    }

    func purpose(_ action: String, _ reference: Reference, _ repository: RepositoryName) -> Purpose {
        Purpose(action: action, subject: "\(repository)\(reference.digest == nil ? ":" : "@")\(reference)")
    }
}

import OCI
import Registry
import State

/// The journal of uploads in the state store.
///
/// A row whose writer lives is its writer's. One whose writer is gone may be taken over.
public actor StoredUploads: UploadJournal {
    private let store: Store
    private let owner: ProcessMark
    /// What this process works at now.
    private var active: Set<Key> = []

    private struct Key: Hashable {
        var digest: Digest
        var repository: RepositoryName
        var place: String
    }

    /// Keeps the journal in a store.
    public init(_ store: Store, owner: ProcessMark = .own) {
        self.store = store
        self.owner = owner
    }

    /// An upload that nobody works at.
    public func upload(of blob: Digest, in repository: RepositoryName, at place: String) async -> LeftUpload?
    {
        guard let row = await store.upload(of: blob, in: repository, at: place), isLeft(row) else {
            return nil
        }
        return LeftUpload(row)
    }

    /// All uploads at a registry that nobody works at.
    public func uploads(at place: String) async -> [LeftUpload] {
        await store.uploads(at: place).filter(isLeft).map { LeftUpload($0) }
    }

    /// Notes an upload of ours; one that another process works at keeps its row.
    public func note(_ upload: LeftUpload, at place: String) async {
        let key = Key(digest: upload.digest, repository: upload.repository, place: place)
        if !active.contains(key) {
            guard await isFree(key) else { return }
            active.insert(key)
        }
        await store.remember(
            OpenUpload(
                place: place, repository: upload.repository, digest: upload.digest, size: upload.size,
                location: upload.location, owner: owner.description))
    }

    /// Leaves an upload of ours to whoever comes.
    public func leave(_ blob: Digest, in repository: RepositoryName, at place: String) async {
        active.remove(Key(digest: blob, repository: repository, place: place))
    }

    /// Forgets an upload of ours, or one that nobody works at.
    public func forget(_ blob: Digest, in repository: RepositoryName, at place: String) async {
        let key = Key(digest: blob, repository: repository, place: place)
        guard await isFree(key) else { return }
        active.remove(key)
        await store.forgetUpload(of: blob, in: repository, at: place)
    }

    private func isFree(_ key: Key) async -> Bool {
        guard let row = await store.upload(of: key.digest, in: key.repository, at: key.place) else {
            return true
        }
        return row.owner == owner.description || isLeft(row)
    }

    private func isLeft(_ row: OpenUpload) -> Bool {
        if row.owner == owner.description {
            return !active.contains(
                Key(digest: row.digest, repository: row.repository, place: row.place))
        }
        return ProcessMark(row.owner)?.isAlive != true
    }
}

extension LeftUpload {
    fileprivate init(_ row: OpenUpload) {
        self.init(
            repository: row.repository, digest: row.digest, size: row.size, location: row.location)
    }
}

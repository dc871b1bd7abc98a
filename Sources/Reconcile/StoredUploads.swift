import OCI
import Registry
import State

/// The journal of uploads in the state store.
///
/// A row whose writer lives is its writer's. One whose writer is gone may be taken over, by one process alone. Of
/// another container's process it can't be seen whether it lives: it is there as long as it says so (`during`).
public actor StoredUploads: UploadJournal {
    private let store: Store
    private let owner: ProcessMark
    private let now: @Sendable () -> Int64
    private let sleep: @Sendable (Duration) async throws -> Void
    /// How often we say that we are there.
    private static let pulse = Duration.seconds(60)
    /// For so many seconds after it last said so, a process that can't be seen is thought to be there.
    private static let lease: Int64 = 180
    /// What this process works at now.
    private var active: Set<Key> = []

    private struct Key: Hashable {
        var digest: Digest
        var repository: RepositoryName
        var place: String
    }

    /// Keeps the journal in a store.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - sleep: waits, or throws where the task is cancelled.
    public init(
        _ store: Store, owner: ProcessMark = .own, now: @escaping @Sendable () -> Int64 = Store.systemTime,
        sleep: @escaping @Sendable (Duration) async throws -> Void = Timekeeper.system.sleep
    ) {
        self.store = store
        self.owner = owner
        self.now = now
        self.sleep = sleep
    }

    /// Runs something, and tells other containers meanwhile that we are there and our uploads are ours.
    public nonisolated func during<Value: Sendable>(_ body: @Sendable () async -> Value) async -> Value {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.beat() }
            let value = await body()
            group.cancelAll()
            await group.waitForAll()
            return value
        }
    }

    /// Where we work at nothing, there is nothing to be told.
    private func beat() async {
        while (try? await sleep(Self.pulse)) != nil {
            if !active.isEmpty { await store.touchUploads(of: owner.description) }
        }
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

    /// Notes an upload of ours, or takes up one that was left; one that another process works at keeps its row.
    @discardableResult
    public func note(_ upload: LeftUpload, at place: String) async -> Bool {
        let key = Key(digest: upload.digest, repository: upload.repository, place: place)
        let noted = OpenUpload(
            place: place, repository: upload.repository, digest: upload.digest, size: upload.size,
            location: upload.location, owner: owner.description)
        guard !active.contains(key) else {
            await store.remember(noted)
            return true
        }
        let row = await store.upload(of: key.digest, in: key.repository, at: key.place)
        guard row.map(isLeft) ?? true, active.insert(key).inserted else { return false }
        let isOurs = await store.take(noted, from: row?.owner)
        if !isOurs { active.remove(key) }
        return isOurs
    }

    /// Leaves an upload of ours to whoever comes.
    public func leave(_ blob: Digest, in repository: RepositoryName, at place: String) async {
        active.remove(Key(digest: blob, repository: repository, place: place))
    }

    /// Forgets an upload of ours, or one that nobody works at.
    public func forget(_ blob: Digest, in repository: RepositoryName, at place: String) async {
        let key = Key(digest: blob, repository: repository, place: place)
        let row = await store.upload(of: blob, in: repository, at: place)
        guard let row else {
            active.remove(key)
            return
        }
        guard row.owner == owner.description || isLeft(row) else { return }
        active.remove(key)
        await store.forgetUpload(of: blob, in: repository, at: place, owner: row.owner)
    }

    private func isLeft(_ row: OpenUpload) -> Bool {
        if row.owner == owner.description {
            return !active.contains(
                Key(digest: row.digest, repository: row.repository, place: row.place))
        }
        return switch ProcessMark(row.owner)?.standing {
        case .alive: false
        case .elsewhere: row.touched + Self.lease < now()
        case .gone, nil: true
        }
    }
}

extension LeftUpload {
    fileprivate init(_ row: OpenUpload) {
        self.init(
            repository: row.repository, digest: row.digest, size: row.size, location: row.location)
    }
}

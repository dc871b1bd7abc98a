import OCI
import Registry

/// Who holds and who is bringing which blob at one destination, while a pass runs: a blob is sent once where
/// mounts work, else once for each repository. (Another one keeps the child manifests, which no one mounts.)
///
/// Whoever waits here holds no slot of a registry, and every wait ends, since every bringing does: by its own
/// time-outs. A bringer never waits for another one, and where it fails, one of those who wait takes over.
actor BlobLedger {
    /// What is to be done for a blob in a repository.
    enum Turn: Sendable, Equatable {
        /// Nothing: the repository has it.
        case held
        /// Bring it, by a mount from this neighbour where one is named: by `bring`, which says when it is done.
        case bring(mounting: RepositoryName?)
    }

    private struct Key: Hashable {
        var digest: Digest
        var repository: RepositoryName
    }

    /// A repository that holds a blob, and since which image that is known.
    private struct Holder {
        var repository: RepositoryName
        var since: Int
    }

    /// What is known to be held, and since which image it is.
    private var held: [Key: Int] = [:]
    /// Of those that hold a blob, the one that is known for longest.
    private var holders: [Digest: Holder] = [:]
    /// Since which image that is known which a mount relies on.
    private var grounds: [Key: Int] = [:]
    private var bringing: [Digest: Set<RepositoryName>] = [:]
    private var waiters: [Digest: [Int: AsyncStream<Void>.Continuation]] = [:]
    private var lastWaiter = 0
    /// Mounts that the registry refused since the last one that it granted.
    private var refusedMounts = 0
    /// Repositories that lacked what a look had seen there: of other looks, no more is believed of them.
    private var doubted: Set<RepositoryName> = []

    private let mounting: Mounting
    /// Images under way that will bring a blob, by the number of their begin, where a mount needs what they commit.
    private var promises: [Digest: [Int: RepositoryName]] = [:]
    private var lastBegun = 0

    /// - Parameter mounting: what repositories can take over from each other.
    init(_ mounting: Mounting = .anything) { self.mounting = mounting }

    /// True while there is hope that this registry mounts: it is given up after three refusals in a row.
    private var mounts: Bool { mounting != .nothing && refusedMounts < 3 }

    /// How many wait for a blob that another brings.
    var waiting: Int { waiters.values.reduce(0) { $0 + $1.count } }

    /// Says what to do for a blob, after waiting for others that bring it where that saves sending it.
    ///
    /// - Parameter order: the place of the image in the order of the plan. What only the looks at later images told
    ///   does not count, so that what is sent does not depend on how far those have come.
    /// - Parameter begun: the number that `begin` has given the image. It waits for what images commit that have begun
    ///   before it, and for no others: these never wait for it.
    func turn(
        for digest: Digest, in repository: RepositoryName, order: Int = .max, begun: Int = .max
    ) async throws(CancellationError) -> Turn {
        let key = Key(digest: digest, repository: repository)
        while true {
            guard !Task.isCancelled else { throw CancellationError() }
            if held[key] != nil { return .held }
            let others = bringing[digest] ?? []
            let holder = holders[digest].flatMap { mounts && $0.since <= order ? $0 : nil }
            let isComing =
                others.contains(repository) || (mounts && holder == nil && isNear(digest, others, begun))
            guard isComing else {
                bringing[digest, default: []].insert(repository)
                grounds[key] = holder?.since
                return .bring(mounting: holder?.repository)
            }
            await wait(for: digest)
        }
    }

    /// True where another repository will hold a blob so that it can be mounted from there.
    private func isNear(_ digest: Digest, _ others: Set<RepositoryName>, _ begun: Int) -> Bool {
        guard mounting == .committed else { return !others.isEmpty }
        return promises[digest]?.keys.contains { $0 < begun } ?? false
    }

    // MARK: - What is committed

    /// An image begins that will bring these blobs, all at once, so that no other one brings any of them meanwhile.
    func begin(_ digests: [Digest], into repository: RepositoryName) -> Int {
        lastBegun += 1
        guard mounting == .committed else { return lastBegun }
        for digest in digests { promises[digest, default: [:]][lastBegun] = repository }
        return lastBegun
    }

    /// The image has ended; where its manifest was put, its blobs can be mounted from then on.
    func end(_ begun: Int, _ digests: [Digest], isCommitted: Bool) {
        guard mounting == .committed else { return }
        for digest in digests {
            guard let repository = promises[digest]?.removeValue(forKey: begun) else { continue }
            if promises[digest]?.isEmpty == true { promises[digest] = nil }
            if isCommitted { hold(digest, Holder(repository: repository, since: .min)) }
            wakeAll(digest)
        }
    }

    // MARK: - What is brought

    /// Does the bringing that a turn asked for, and tells those who wait how it ended, however it does.
    nonisolated func bring<Value: Sendable>(
        _ digest: Digest, into repository: RepositoryName,
        _ work: () async throws(RegistryError) -> Value
    ) async throws(RegistryError) -> Value {
        do throws(RegistryError) {
            let value = try await work()
            await done(digest, in: repository, arrived: true)
            return value
        } catch {
            await done(digest, in: repository, arrived: false)
            throw error
        }
    }

    /// Says that a repository got a blob, or did not.
    func done(_ digest: Digest, in repository: RepositoryName, arrived: Bool) {
        bringing[digest]?.remove(repository)
        let ground = grounds.removeValue(forKey: Key(digest: digest, repository: repository))
        let key = Key(digest: digest, repository: repository)
        if arrived, mounting == .committed {
            held[key] = .min
        } else if arrived {
            keep(key, since: ground ?? .min)
        }
        wakeAll(digest)
    }

    /// Remembers how a wished mount ended.
    func mountEnded(granted: Bool) { refusedMounts = granted ? 0 : refusedMounts + 1 }

    /// Remembers that a repository is known to hold a blob.
    ///
    /// - Parameter order: the place of the image whose look told so; what a copy has sent is known to all.
    func note(_ digest: Digest, in repository: RepositoryName, since order: Int = .min) {
        guard !doubted.contains(repository) else { return }
        let key = Key(digest: digest, repository: repository)
        // That a repository has a blob does not say that a manifest of it names it.
        guard mounting != .committed else { return held[key] = min(order, held[key] ?? .max) }
        keep(key, since: order)
    }

    private func keep(_ key: Key, since order: Int) {
        held[key] = min(order, held[key] ?? .max)
        hold(key.digest, Holder(repository: key.repository, since: order))
    }

    private func hold(_ digest: Digest, _ holder: Holder) {
        if let known = holders[digest], known.since <= holder.since { return }
        holders[digest] = holder
    }

    /// Forgets all about a repository: the registry has said that it lacks what it was thought to hold. What looks of
    /// before still have to tell of it is not heard; what is brought from now on is.
    func forget(_ repository: RepositoryName) {
        doubted.insert(repository)
        held = held.filter { $0.key.repository != repository }
        holders = holders.filter { $0.value.repository != repository }
        for (key, since) in held where holders[key.digest] == nil {
            hold(key.digest, Holder(repository: key.repository, since: since))
        }
    }

    /// Waits until something happens to the blob, or the task is cancelled, which ends a stream's iteration.
    private func wait(for digest: Digest) async {
        lastWaiter += 1
        let ticket = lastWaiter
        let (stream, turn) = AsyncStream<Void>.makeStream()
        waiters[digest, default: [:]][ticket] = turn
        for await _ in stream {}
        waiters[digest]?[ticket] = nil
    }

    private func wakeAll(_ digest: Digest) {
        for waiter in (waiters.removeValue(forKey: digest) ?? [:]).values { waiter.finish() }
    }
}

import OCI

/// Who holds and who is bringing which blob at one destination, while a pass runs: a blob is sent once where
/// mounts work, else once for each repository. (Another one keeps the child manifests, which no one mounts.)
///
/// Whoever waits here holds no slot of a registry, and every wait ends: when the bringer is done or has
/// failed, or when the deadline has passed, after which the waiter brings the blob itself.
actor BlobLedger {
    /// What is to be done for a blob in a repository.
    enum Turn: Sendable, Equatable {
        /// Nothing: the repository has it.
        case held
        /// Bring it, by a mount from this neighbour where one is named; then say `done`.
        case bring(mounting: RepositoryName?)
    }

    private struct Key: Hashable {
        var digest: Digest
        var repository: RepositoryName
    }

    private let clock: any Clock<Duration>
    private let deadline: Duration
    private var held: Set<Key> = []
    private var holders: [Digest: RepositoryName] = [:]
    private var bringing: [Digest: Set<RepositoryName>] = [:]
    private var waiters: [Digest: [Int: CheckedContinuation<Void, Never>]] = [:]
    private var lastWaiter = 0
    /// Mounts that the registry refused since the last one that it granted.
    private var refusedMounts = 0

    private let mayMount: Bool

    /// - Parameters:
    ///   - mounts: whether repositories can take anything over from each other.
    ///   - deadline: how long one wait lasts at most.
    init(
        mounts: Bool = true, clock: any Clock<Duration> = ContinuousClock(),
        deadline: Duration = .seconds(300)
    ) {
        mayMount = mounts
        self.clock = clock
        self.deadline = deadline
    }

    /// True while there is hope that this registry mounts: it is given up after three refusals in a row.
    private var mounts: Bool { mayMount && refusedMounts < 3 }

    /// How many wait for a blob that another brings.
    var waiting: Int { waiters.values.reduce(0) { $0 + $1.count } }

    /// Says what to do for a blob, after waiting for others that bring it where that saves sending it.
    func turn(for digest: Digest, in repository: RepositoryName) async throws(CancellationError) -> Turn {
        var mayWait = true
        while true {
            guard !Task.isCancelled else { throw CancellationError() }
            if held.contains(Key(digest: digest, repository: repository)) { return .held }
            let others = bringing[digest] ?? []
            let isComing =
                others.contains(repository) || (mounts && holders[digest] == nil && !others.isEmpty)
            guard isComing, mayWait else {
                bringing[digest, default: []].insert(repository)
                return .bring(mounting: mounts ? holders[digest] : nil)
            }
            mayWait = await wait(for: digest)
        }
    }

    /// Says that a repository got a blob, or did not.
    func done(_ digest: Digest, in repository: RepositoryName, arrived: Bool) {
        bringing[digest]?.remove(repository)
        if arrived { note(digest, in: repository) }
        wakeAll(digest)
    }

    /// Remembers how a wished mount ended.
    func mountEnded(granted: Bool) { refusedMounts = granted ? 0 : refusedMounts + 1 }

    /// Remembers that a repository is known to hold a blob.
    func note(_ digest: Digest, in repository: RepositoryName) {
        held.insert(Key(digest: digest, repository: repository))
        if holders[digest] == nil { holders[digest] = repository }
    }

    /// Forgets all about a repository: the registry has said that it lacks what it was thought to hold.
    func forget(_ repository: RepositoryName) {
        held = held.filter { $0.repository != repository }
        holders = holders.filter { $0.value != repository }
        for key in held where holders[key.digest] == nil { holders[key.digest] = key.repository }
    }

    /// Waits until something happens to the blob; false when the deadline passed instead.
    private func wait(for digest: Digest) async -> Bool {
        lastWaiter += 1
        let ticket = lastWaiter
        let alarm = Task { [clock, deadline] in
            try await clock.sleep(for: deadline)
            self.wake(digest, ticket)
            return true
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiters[digest, default: [:]][ticket] = $0 }
        } onCancel: {
            Task { await self.wake(digest, ticket) }
        }
        alarm.cancel()
        return (try? await alarm.value) != true
    }

    private func wake(_ digest: Digest, _ ticket: Int) {
        waiters[digest]?.removeValue(forKey: ticket)?.resume()
    }

    private func wakeAll(_ digest: Digest) {
        for waiter in (waiters.removeValue(forKey: digest) ?? [:]).values { waiter.resume() }
    }
}

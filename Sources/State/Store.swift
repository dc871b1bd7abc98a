import GRDB
import Glibc
import OCI
import Synchronization

/// What davit remembers between passes: a cache and a record. Nothing that is right depends on it.
///
/// No method throws: a store that fails is told once, and then answers nothing and takes nothing. What is told to it
/// is gathered in memory and written in batches; only open uploads are written at once.
public final class Store: Sendable {
    /// What a store may do with its file.
    public enum Access: Sendable {
        /// Read and remember; the file is made where there is none.
        case remember
        /// Read what is there, and write nothing.
        case consult
    }

    let queue: DatabaseQueue
    let access: Access
    /// Where the file is, and nothing for a store in memory.
    let file: StoreFile?
    let tell: @Sendable (StoreNotice) -> Void
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    let limits: StoreLimits
    let pending = Mutex(Pending())
    let health = Mutex(Health.good)

    /// What still works.
    enum Health { case good, unwritable, damaged, gone }

    init(
        _ queue: DatabaseQueue, _ access: Access = .remember, file: StoreFile? = nil,
        limits: StoreLimits = StoreLimits(), now: @escaping @Sendable () -> Int64 = Store.systemTime,
        tell: @escaping @Sendable (StoreNotice) -> Void = { _ in }
    ) {
        self.queue = queue
        self.access = access
        self.file = file
        self.limits = limits
        self.now = now
        self.tell = tell
    }

    /// The time that stores go by.
    public static let systemTime: @Sendable () -> Int64 = { Int64(time(nil)) }

    /// A store that ends with the program.
    public static func inMemory(now: @escaping @Sendable () -> Int64 = systemTime) throws -> Store {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue)
        return Store(queue, now: now)
    }

    /// The days since 1970, which are fine enough for what was last used when.
    var today: Int64 { now() / 86_400 }

    var canWrite: Bool { access == .remember && health.withLock { $0 == .good } }
    private var canRead: Bool { health.withLock { $0 == .good || $0 == .unwritable } }

    /// Reads; `nil` where the store has failed.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async -> Value? {
        guard canRead else { return nil }
        return await run(body)
    }

    /// Writes in one transaction; where that fails nothing is written.
    @discardableResult
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async -> Value? {
        guard canWrite else { return nil }
        return await run { database in
            var value: Value?
            try database.inTransaction(.immediate) {
                value = try body(database)
                return .commit
            }
            return value
        } ?? nil
    }

    /// Runs on the store's one queue, to the end even where the task is cancelled: what an ending pass tells is
    /// what the next one needs most.
    private func run<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async -> Value?
    {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { database in
                continuation.resume(returning: Result { try body(database) })
            }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error):
            failed(error)
            return nil
        }
    }

    /// Another davit that holds the file for long costs this memory; whatever else goes wrong will not get better.
    private func failed(_ error: any Error) {
        let code = (error as? DatabaseError)?.resultCode ?? .SQLITE_ERROR
        guard code != .SQLITE_BUSY else {
            return tell(
                StoreNotice(.debug, "another davit kept the state file busy: something is not remembered"))
        }
        let next: Health =
            switch code {
            case .SQLITE_FULL, .SQLITE_READONLY, .SQLITE_PERM: .unwritable
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged
            default: .gone
            }
        let isFirst = health.withLock { health in
            defer { if health == .good { health = next } else { health = .gone } }
            return health == .good
        }
        guard isFirst else { return }
        tell(
            StoreNotice(
                .warning,
                "\(file.map { "the state file \($0.path)" } ?? "the state") failed: \(StoreFile.words(error)): the pass goes on without it"
            ))
    }
}

/// Something to be said of the store; it is never a reason to stop.
public struct StoreNotice: Sendable, Hashable {
    /// How much it matters.
    public enum Level: Sendable { case warning, debug }

    /// How much it matters.
    public var level: Level
    /// What happened, where, and what can be done.
    public var text: String

    init(_ level: Level, _ text: String) { (self.level, self.text) = (level, text) }
}

/// How much is kept, and for how long.
public struct StoreLimits: Sendable {
    /// Rows of each kind of memory.
    public var rows = 200_000
    /// Days for which something unused is kept.
    public var days: Int64 = 180
    /// Days for which an open upload is kept: registries end them sooner.
    public var uploadDays: Int64 = 7
    /// How many changes are gathered before they are written.
    public var batch = 512
    /// How many rows one step of pruning takes away.
    public var step = 5_000

    /// The defaults.
    public init() {}
}

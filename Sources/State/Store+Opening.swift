import GRDB
import Glibc

extension Store {
    /// Opens the store in a file; `nil`, and why is told, where that is not to be had: the pass then runs without.
    ///
    /// A damaged file is set aside, and a new one begun. One that a newer davit wrote, that another program made or
    /// that lies on a network's file system is left alone.
    public static func open(
        _ path: String, _ access: Access, limits: StoreLimits = StoreLimits(),
        now: @escaping @Sendable () -> Int64 = Store.systemTime,
        tell: @escaping @Sendable (StoreNotice) -> Void
    ) -> Store? {
        open(StoreFile(path: path), access, limits, now, fileSystem: FileSystem.shared, tell)
    }

    static func open(
        _ file: StoreFile, _ access: Access, _ limits: StoreLimits = StoreLimits(),
        _ now: @escaping @Sendable () -> Int64 = Store.systemTime,
        fileSystem: (String) -> String?, _ tell: @escaping @Sendable (StoreNotice) -> Void
    ) -> Store? {
        guard access == .remember || file.size != nil else { return nil }
        let refuse = { (reason: String) in
            tell(
                StoreNotice(
                    .warning,
                    "the state file \(file.path) is not used: \(reason); name another one with --state, or none with --state none"
                ))
        }
        if let kind = fileSystem(file.path) {
            refuse("it lies on a file system of kind \(kind), where SQLite's locks can't be trusted")
            return nil
        }
        for isLast in [false, true] {
            do {
                let queue = try ready(file, access, now)
                return Store(queue, access, file: file, limits: limits, now: now, tell: tell)
            } catch let refusal as StoreFile.Refusal {
                refuse(refusal.reason)
                return nil
            } catch  where isDamage(error) && file.isOurs && access == .remember && !isLast {
                guard file.setAside(now(), tell) else { return nil }
            } catch {
                refuse(StoreFile.words(error))
                return nil
            }
        }
        return nil
    }

    private static func isDamage(_ error: any Error) -> Bool {
        guard let code = (error as? DatabaseError)?.resultCode else { return false }
        return code == .SQLITE_CORRUPT || code == .SQLITE_NOTADB
    }

    /// An open database with the tables of today.
    private static func ready(_ file: StoreFile, _ access: Access, _ now: () -> Int64) throws -> DatabaseQueue
    {
        if access == .remember { try file.makeFolder() }
        try file.secure(creating: access == .remember)
        var configuration = Configuration()
        configuration.busyMode = .timeout(2)
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: file.path, configuration: configuration)
        do {
            // Two that begin together are in each other's way for a moment, which SQLite does not wait out.
            try again(3) { try prepare(queue, access) }
            if access == .remember { file.restrict() }
            try check(queue, file, access, now)
            return queue
        } catch {
            try? queue.close()
            throw error
        }
    }

    private static func again(_ tries: Int, _ body: () throws -> Void) throws {
        for _ in 1..<tries {
            do { return try body() } catch  where !isDamage(error) && error is DatabaseError {
                usleep(50_000)
            }
        }
        try body()
    }

    private static func prepare(_ queue: DatabaseQueue, _ access: Access) throws {
        let migrator = Schema.migrator
        let (isForeign, isNewer, isCurrent) = try queue.read { database in
            (
                try isAnothers(database), try migrator.hasBeenSuperseded(database),
                try migrator.hasCompletedMigrations(database)
            )
        }
        guard !isForeign else { throw StoreFile.Refusal(reason: "another program made it") }
        guard !isNewer else { throw StoreFile.Refusal(reason: "a newer davit wrote it") }
        guard isCurrent || access == .remember else {
            throw StoreFile.Refusal(
                reason: "an older davit wrote it, and it is brought up to date by reconcile alone")
        }
        try queue.writeWithoutTransaction { database in
            if try String.fetchOne(database, sql: "PRAGMA journal_mode") != "wal" {
                try database.execute(sql: "PRAGMA journal_mode = WAL")
            }
            // What a crash of the machine takes away is asked for anew.
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        if !isCurrent { try migrator.migrate(queue) }
    }

    /// True of a database with tables and without our mark. Ours is set together with the first tables, so that it
    /// is asked for after them: another davit may be making the file.
    private static func isAnothers(_ database: Database) throws -> Bool {
        let tables = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'")
        guard tables != 0 else { return false }
        return try Int64.fetchOne(database, sql: "PRAGMA application_id") != Schema.applicationID
    }

    /// Looks whether a file is whole. That reads all of it: a large one is only read where the last store in it has
    /// not come to its end, or now and then.
    private static func check(
        _ queue: DatabaseQueue, _ file: StoreFile, _ access: Access, _ now: () -> Int64
    ) throws {
        let today = now() / 86_400
        let isDue = try queue.read { database in
            let checked = try fact("checked", database) ?? 0
            let isOpen = try fact("open", database) == 1
            return isOpen || checked + 7 < today || file.size ?? 0 <= 1 << 20
        }
        guard isDue else { return }
        let verdict = try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard verdict == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: verdict) }
        guard access == .remember else { return }
        try queue.write { database in
            guard try fact("checked", database) != today else { return }
            try set("checked", today, database)
        }
    }
}

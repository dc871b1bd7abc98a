import GRDB
import OCI
import Synchronization

extension Store {
    /// Takes something in, and writes what has gathered once that is enough.
    func gather(_ change: (inout Pending) -> Void) async {
        guard canWrite else { return }
        let count = pending.withLock { pending in
            change(&pending)
            return pending.count
        }
        if count >= limits.batch { await flush() }
    }

    /// Writes what has gathered.
    func flush() async {
        guard canWrite else { return }
        let today = today
        await write { [self] database in
            // Taken here, on the store's queue: what is forgotten meanwhile is forgotten before or after.
            let batch = self.pending.withLock { pending in
                defer { pending = Pending() }
                return pending
            }
            guard batch.count > 0 else { return }
            // Whoever finds this mark has been preceded by one who did not come to an end.
            try Self.set("open", 1, database)
            try Self.write(memos: batch, today, database)
            try Self.write(hints: batch, today, database)
        }
    }

    private static func write(memos batch: Pending, _ today: Int64, _ database: Database) throws {
        let insertion = try database.makeStatement(sql: "INSERT OR REPLACE INTO memo VALUES (?, ?, ?, ?)")
        for (memo, value) in batch.memos {
            try insertion.execute(arguments: [memo.kind.rawValue, memo.key, value, today])
        }
        let use = try database.makeStatement(sql: "UPDATE memo SET used = ? WHERE kind = ? AND key = ?")
        for memo in batch.usedMemos { try use.execute(arguments: [today, memo.kind.rawValue, memo.key]) }
    }

    private static func write(hints batch: Pending, _ today: Int64, _ database: Database) throws {
        var places: [String: Int64] = [:]
        var repositories: [String: [RepositoryName: Int64]] = [:]
        let insertion = try database.makeStatement(sql: "INSERT OR REPLACE INTO hint VALUES (?, ?, ?, ?)")
        for (content, name) in batch.hints {
            let place = try places[content.place] ?? id(ofPlace: content.place, database)
            places[content.place] = place
            let repository =
                try repositories[content.place]?[name] ?? id(of: name.description, at: place, database)
            repositories[content.place, default: [:]][name] = repository
            try insertion.execute(arguments: [place, content.digest.description, repository, today])
        }
        let use = try database.makeStatement(
            sql:
                "UPDATE hint SET used = ? WHERE digest = ? AND place IN (SELECT id FROM place WHERE name = ?)"
        )
        for content in batch.usedHints {
            try use.execute(arguments: [today, content.digest.description, content.place])
        }
    }

    private static func id(ofPlace name: String, _ database: Database) throws -> Int64? {
        try database.execute(sql: "INSERT OR IGNORE INTO place (name) VALUES (?)", arguments: [name])
        return try Int64.fetchOne(database, sql: "SELECT id FROM place WHERE name = ?", arguments: [name])
    }

    private static func id(of name: String, at place: Int64?, _ database: Database) throws -> Int64? {
        try database.execute(
            sql: "INSERT OR IGNORE INTO repository (place, name) VALUES (?, ?)", arguments: [place, name])
        return try Int64.fetchOne(
            database, sql: "SELECT id FROM repository WHERE place = ? AND name = ?", arguments: [place, name])
    }

    static func set(_ fact: String, _ value: Int64, _ database: Database) throws {
        try database.execute(sql: "INSERT OR REPLACE INTO fact VALUES (?, ?)", arguments: [fact, value])
    }

    static func fact(_ name: String, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT value FROM fact WHERE name = ?", arguments: [name])
    }

    // MARK: - The end

    /// Writes what has gathered, takes away what is old, and closes the file. Nothing is remembered after that.
    public func close() async {
        await flush()
        if await read({ try Self.fact("pruned", $0) }) ?? 0 != today { await prune() }
        await write { database in
            guard try Self.fact("open", database) == 1 else { return }
            try Self.set("open", 0, database)
        }
        let state = health.withLock { health in
            defer { health = .gone }
            return health
        }
        try? queue.close()
        if state == .damaged, let file, access == .remember { file.setAside(now(), tell) }
    }

    /// Takes away what was not used for long, and what is more than the limit, in small steps.
    func prune() async {
        let (limits, today) = (limits, today)
        let tables = [
            ("memo", "kind, key"), ("hint", "place, digest"), ("upload", "place, repository, digest"),
        ]
        for (table, key) in tables {
            let oldest = today - (table == "upload" ? limits.uploadDays : limits.days)
            while await takeAway(table, key, usedBefore: oldest) == limits.step {}
        }
        await write { database in
            try database.execute(
                sql: """
                    DELETE FROM repository WHERE id NOT IN (SELECT repository FROM hint);
                    DELETE FROM place WHERE id NOT IN (SELECT place FROM repository);
                    """)
            try Self.set("pruned", today, database)
        }
    }

    /// One step of pruning; says how many rows it took.
    private func takeAway(_ table: String, _ key: String, usedBefore oldest: Int64) async -> Int? {
        let limits = limits
        return await write { database in
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0
            let surplus = min(max(0, count - limits.rows), limits.step)
            // The oldest come first, so that both reasons are one order.
            try database.execute(
                sql: """
                    DELETE FROM \(table) WHERE (\(key)) IN (
                        SELECT \(key) FROM (SELECT \(key), used FROM \(table) ORDER BY used LIMIT \(limits.step))
                        WHERE used < ?1
                        UNION SELECT * FROM (SELECT \(key) FROM \(table) ORDER BY used LIMIT ?2))
                    """, arguments: [oldest, surplus])
            return database.changesCount
        }
    }
}

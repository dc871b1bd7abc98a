import GRDB
import OCI
import Synchronization

extension Store {
    /// Repositories of a registry that are thought to hold these blobs: enough to ask for a mount, no more.
    ///
    /// Nothing is said of a registry that has refused what was thought three times in a row, for a week.
    public func holders(of blobs: [Digest], at place: String) async -> [Digest: RepositoryName] {
        guard !blobs.isEmpty else { return [:] }
        let today = today
        let rows = await read { database in try Self.hints(for: blobs, at: place, today: today, database) }
        var found: [Digest: RepositoryName] = [:]
        var stale: [Digest] = []
        for row in rows ?? [] {
            // What was written by a hand that is not ours is no name, or no digest.
            guard let digest = try? Digest(row.digest), let name = try? RepositoryName(row.repository) else {
                continue
            }
            found[digest] = name
            if row.used < today { stale.append(digest) }
        }
        await gather { [stale] pending in
            for digest in stale { pending.usedHints.insert(Pending.Content(place: place, digest: digest)) }
        }
        pending.withLock { pending in
            for digest in blobs {
                if let name = pending.hints[Pending.Content(place: place, digest: digest)] {
                    found[digest] = name
                }
            }
        }
        return found
    }

    private struct Hint: Sendable {
        var digest: String
        var repository: String
        var used: Int64
    }

    private static func hints(
        for blobs: [Digest], at place: String, today: Int64, _ database: Database
    ) throws -> [Hint] {
        try blobs.pieces(of: 500).flatMap { piece in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT hint.digest, repository.name, hint.used FROM hint
                    JOIN place ON place.id = hint.place JOIN repository ON repository.id = hint.repository
                    WHERE place.name = ? AND (place.refusedMounts < 3 OR place.refusedOn < ?)
                    AND hint.digest IN (\(marks(piece.count)))
                    """,
                arguments: StatementArguments([place]) + [today - 7]
                    + StatementArguments(piece.map(\.description))
            ).map { Hint(digest: $0[0], repository: $0[1], used: $0[2]) }
        }
    }

    /// Remembers that a repository was seen to hold these blobs.
    public func note(_ blobs: [Digest], in repository: RepositoryName, at place: String) async {
        await gather { pending in
            for digest in blobs { pending.hints[Pending.Content(place: place, digest: digest)] = repository }
        }
    }

    /// Remembers how a mount ended that rested on what was remembered.
    public func mountEnded(granted: Bool, of blob: Digest, at place: String) async {
        if !granted { await forget([blob], at: place) }
        let today = today
        await write { database in
            // A grant is only written where there is something to be taken back.
            try database.execute(
                sql: granted
                    ? "UPDATE place SET refusedMounts = 0 WHERE name = ? AND refusedMounts > 0"
                    : "UPDATE place SET refusedMounts = refusedMounts + 1, refusedOn = ? WHERE name = ?",
                arguments: granted ? [place] : [today, place])
        }
    }

    /// Forgets who holds these blobs.
    private func forget(_ blobs: [Digest], at place: String) async {
        pending.withLock { pending in
            for digest in blobs { pending.hints[Pending.Content(place: place, digest: digest)] = nil }
        }
        await write { database in
            for digest in blobs {
                try database.execute(
                    sql:
                        "DELETE FROM hint WHERE digest = ? AND place IN (SELECT id FROM place WHERE name = ?)",
                    arguments: [digest.description, place])
            }
        }
    }

    /// Forgets all that a repository was thought to hold.
    public func forget(_ repository: RepositoryName, at place: String) async {
        pending.withLock { pending in
            pending.hints = pending.hints.filter { $0.value != repository || $0.key.place != place }
        }
        await write { database in
            try database.execute(
                sql: """
                    DELETE FROM hint WHERE repository IN (
                        SELECT repository.id FROM repository JOIN place ON place.id = repository.place
                        WHERE repository.name = ? AND place.name = ?)
                    """,
                arguments: [repository.description, place])
        }
    }
}

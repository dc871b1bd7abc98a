import GRDB
import OCI

extension Store {
    /// The upload of a blob that an earlier pass, or this one, has begun.
    public func upload(of digest: Digest, in repository: RepositoryName, at place: String) async
        -> OpenUpload?
    {
        await uploads(
            "place = ? AND repository = ? AND digest = ?",
            [place, repository.description, digest.description]
        ).first
    }

    /// All uploads that were begun at a registry.
    public func uploads(at place: String) async -> [OpenUpload] { await uploads("place = ?", [place]) }

    /// What a hand that is not ours has written may be no upload: it is forgotten.
    private func uploads(_ condition: String, _ arguments: [String]) async -> [OpenUpload] {
        let rows = await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT place, repository, digest, size, location, owner, touched FROM upload
                    WHERE \(condition)
                    ORDER BY repository, digest LIMIT 10000
                    """,
                arguments: StatementArguments(arguments)
            ).map { Array($0.databaseValues) }
        }
        let found = (rows ?? []).map { (row: $0, upload: Self.upload($0)) }
        let senseless = found.filter { $0.upload == nil }.map { Array($0.row.prefix(3)) }
        if !senseless.isEmpty {
            await write { database in
                for key in senseless {
                    try database.execute(
                        sql: "DELETE FROM upload WHERE place = ? AND repository = ? AND digest = ?",
                        arguments: StatementArguments(key))
                }
            }
        }
        return found.compactMap(\.upload)
    }

    private static func upload(_ values: [DatabaseValue]) -> OpenUpload? {
        guard values.count == 7, let place = String.fromDatabaseValue(values[0]),
            let repository = String.fromDatabaseValue(values[1]).flatMap({ try? RepositoryName($0) }),
            let digest = String.fromDatabaseValue(values[2]).flatMap({ try? Digest($0) }),
            let size = Int64.fromDatabaseValue(values[3]),
            let location = String.fromDatabaseValue(values[4]),
            let owner = String.fromDatabaseValue(values[5]),
            let touched = Int64.fromDatabaseValue(values[6])
        else { return nil }
        return OpenUpload(
            place: place, repository: repository, digest: digest, size: size, location: location,
            owner: owner, touched: touched)
    }

    /// Remembers an upload, or how it stands now. It is in the file when this returns.
    ///
    /// A location that is itself a key is not kept (see `OpenUpload.mayBeKept`): then what was known is forgotten.
    public func remember(_ upload: OpenUpload) async {
        guard upload.mayBeKept else {
            return await forgetUpload(of: upload.digest, in: upload.repository, at: upload.place)
        }
        await write { [now = now()] in try Self.put(upload, now, $0) }
    }

    /// Remembers an upload in place of the one that somebody left, or of none, as one step: of several processes
    /// that try this at once, one gets it.
    ///
    /// - Parameter owner: whose it was when it was looked at.
    /// - Returns: false where it is another's meanwhile, or can't be remembered.
    public func take(_ upload: OpenUpload, from owner: String?) async -> Bool {
        guard upload.mayBeKept else { return false }
        return await write { [now = now()] database in
            let present = try String.fetchOne(
                database,
                sql: "SELECT owner FROM upload WHERE place = ? AND repository = ? AND digest = ?",
                arguments: [upload.place, upload.repository.description, upload.digest.description])
            guard present == owner else { return false }
            try Self.put(upload, now, database)
            return true
        } ?? false
    }

    private static func put(_ upload: OpenUpload, _ now: Int64, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO upload VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                upload.place, upload.repository.description, upload.digest.description, upload.size,
                upload.location, upload.owner, now / 86_400, now,
            ])
    }

    /// Notes that whoever owns these uploads is still there.
    public func touchUploads(of owner: String) async {
        await write { [now = now()] database in
            try database.execute(
                sql: "UPDATE upload SET touched = ?, used = ? WHERE owner = ?",
                arguments: [now, now / 86_400, owner])
        }
    }

    /// Forgets an upload: it has ended, or is lost.
    ///
    /// - Parameter owner: whose it must be, where that matters.
    public func forgetUpload(
        of digest: Digest, in repository: RepositoryName, at place: String, owner: String? = nil
    ) async {
        await write { database in
            try database.execute(
                sql: """
                    DELETE FROM upload
                    WHERE place = ?1 AND repository = ?2 AND digest = ?3 AND (?4 IS NULL OR owner = ?4)
                    """,
                arguments: [place, repository.description, digest.description, owner])
        }
    }
}

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

    private func uploads(_ condition: String, _ arguments: [String]) async -> [OpenUpload] {
        await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT place, repository, digest, size, location, owner FROM upload WHERE \(condition)
                    ORDER BY repository, digest LIMIT 10000
                    """,
                arguments: StatementArguments(arguments)
            ).compactMap(Self.upload)
        } ?? []
    }

    private static func upload(_ row: Row) -> OpenUpload? {
        guard let repository = try? RepositoryName(row[1] as String),
            let digest = try? Digest(row[2] as String)
        else { return nil }
        return OpenUpload(
            place: row[0], repository: repository, digest: digest, size: row[3], location: row[4],
            owner: row[5])
    }

    /// Remembers an upload, or how it stands now. It is in the file when this returns.
    ///
    /// A location that is itself a key is not kept (see `OpenUpload.mayBeKept`): then what was known is forgotten.
    public func remember(_ upload: OpenUpload) async {
        guard upload.mayBeKept else {
            return await forgetUpload(of: upload.digest, in: upload.repository, at: upload.place)
        }
        let today = today
        await write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO upload VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    upload.place, upload.repository.description, upload.digest.description, upload.size,
                    upload.location, upload.owner, today,
                ])
        }
    }

    /// Forgets an upload: it has ended, or is lost.
    public func forgetUpload(of digest: Digest, in repository: RepositoryName, at place: String) async {
        await write { database in
            try database.execute(
                sql: "DELETE FROM upload WHERE place = ? AND repository = ? AND digest = ?",
                arguments: [place, repository.description, digest.description])
        }
    }
}

import GRDB

/// The tables, as a list of changes that each file has gone through so far.
enum Schema {
    /// What marks a file as ours in SQLite's header: "davt".
    static let applicationID: Int64 = 0x6461_7674

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    PRAGMA application_id = \(applicationID);
                    CREATE TABLE fact (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
                    CREATE TABLE memo (
                        kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, used INTEGER NOT NULL,
                        PRIMARY KEY (kind, key)
                    ) WITHOUT ROWID;
                    CREATE TABLE place (
                        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
                        refusedMounts INTEGER NOT NULL DEFAULT 0, refusedOn INTEGER NOT NULL DEFAULT 0
                    );
                    CREATE TABLE repository (
                        id INTEGER PRIMARY KEY, place INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE (place, name)
                    );
                    CREATE TABLE hint (
                        place INTEGER NOT NULL, digest TEXT NOT NULL, repository INTEGER NOT NULL,
                        used INTEGER NOT NULL, PRIMARY KEY (place, digest)
                    ) WITHOUT ROWID;
                    CREATE TABLE upload (
                        place TEXT NOT NULL, repository TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL,
                        location TEXT NOT NULL, owner TEXT NOT NULL, used INTEGER NOT NULL,
                        PRIMARY KEY (place, repository, digest)
                    ) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("2") { database in
            // Whether another container's process still works at an upload is told by the minute, not by the day.
            try database.execute(sql: "ALTER TABLE upload ADD COLUMN touched INTEGER NOT NULL DEFAULT 0")
        }
        return migrator
    }
}

import GRDB
import Synchronization

/// What a memo is about.
public enum MemoKind: String, Sendable, Hashable, CaseIterable {
    /// An index and platforms to the digest of what is kept of it.
    case subset
    /// What hung on an image when it was last looked at.
    case referrers
}

extension Store {
    /// What was remembered for these keys.
    public func recall(_ kind: MemoKind, _ keys: [String]) async -> [String: String] {
        var found: [String: String] = [:]
        pending.withLock { pending in
            for key in keys { found[key] = pending.memos[Pending.MemoKey(kind: kind, key: key)] }
        }
        let others = Array(Set(keys).subtracting(found.keys))
        guard !others.isEmpty else { return found }
        let today = today
        let rows = await read { database in
            try others.pieces(of: 500).flatMap { piece in
                try Row.fetchAll(
                    database,
                    sql:
                        "SELECT key, value, used FROM memo WHERE kind = ? AND key IN (\(marks(piece.count)))",
                    arguments: StatementArguments([kind.rawValue] + piece)
                ).map { (key: $0[0] as String, value: $0[1] as String, used: $0[2] as Int64) }
            }
        }
        let stale = (rows ?? []).filter { $0.used < today }
        for row in rows ?? [] { found[row.key] = row.value }
        await gather { pending in
            for row in stale { pending.usedMemos.insert(Pending.MemoKey(kind: kind, key: row.key)) }
        }
        return found
    }

    /// Remembers values by their keys, for later passes and for this one.
    public func remember(_ kind: MemoKind, _ entries: [String: String]) async {
        guard !entries.isEmpty else { return }
        await gather { pending in
            for (key, value) in entries { pending.memos[Pending.MemoKey(kind: kind, key: key)] = value }
        }
    }

    /// Forgets everything whose key begins like this.
    public func forget(_ kind: MemoKind, prefix: String) async {
        pending.withLock { pending in
            let isMeant = { (key: Pending.MemoKey) in
                key.kind == kind && key.key.utf8.starts(with: prefix.utf8)
            }
            pending.memos = pending.memos.filter { !isMeant($0.key) }
            pending.usedMemos = pending.usedMemos.filter { !isMeant($0) }
        }
        await write { database in
            // By bytes: LIKE would read `_` and `%` as patterns.
            try database.execute(
                sql: "DELETE FROM memo WHERE kind = ? AND substr(CAST(key AS BLOB), 1, ?) = CAST(? AS BLOB)",
                arguments: [kind.rawValue, prefix.utf8.count, prefix])
        }
    }
}

/// `?, ?, ?`
func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }

extension Array {
    /// Pieces of this size, the last one smaller.
    func pieces(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}

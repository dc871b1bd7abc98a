import OCI

/// What was told to a store and is not written yet.
struct Pending: Sendable {
    struct MemoKey: Hashable, Sendable {
        var kind: MemoKind
        var key: String
    }
    struct Content: Hashable, Sendable {
        var place: String
        var digest: Digest
    }

    var memos: [MemoKey: String] = [:]
    /// Memos that were read, and not for a day before.
    var usedMemos: Set<MemoKey> = []
    var hints: [Content: RepositoryName] = [:]
    var usedHints: Set<Content> = []

    var count: Int { memos.count + usedMemos.count + hints.count + usedHints.count }
}

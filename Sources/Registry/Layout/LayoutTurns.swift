import HTTP
import OCI
import Synchronization

/// A change of an index that waits to be written, by itself or together with others.
final class IndexChange: Sendable {
    /// What it is for, for messages.
    let purpose: LayoutFolder.Purpose
    /// Makes it; false where nothing is to be written.
    let edit: Edit
    private let ending = Mutex<Result<Void, RegistryError>?>(nil)

    typealias Edit = @Sendable (inout LayoutIndex) throws(DiskError) -> Bool

    init(_ purpose: LayoutFolder.Purpose, _ edit: @escaping Edit) {
        (self.purpose, self.edit) = (purpose, edit)
    }

    /// How it ended; `nil`: nobody has written it yet.
    var outcome: Result<Void, RegistryError>? { ending.withLock { $0 } }

    /// Tells how it ended; the first word counts.
    func end(_ outcome: Result<Void, RegistryError>) { ending.withLock { $0 = $0 ?? outcome } }
}

/// The turns of this program's own tasks at the indexes of repositories: they wait here in order, and ask for the
/// lock against other programs one after the other. Whose turn it is writes for all that wait.
actor LayoutTurns {
    private var slots: [RepositoryName: Slots] = [:]
    private var waiting: [RepositoryName: [IndexChange]] = [:]
    private var swept: Set<RepositoryName> = []

    /// Lets a change wait, and gives the turns that its writer takes.
    func join(_ change: IndexChange, at repository: RepositoryName) -> Slots {
        waiting[repository, default: []].append(change)
        if let known = slots[repository] { return known }
        let turn = Slots(limit: 1)
        slots[repository] = turn
        return turn
    }

    /// The changes that wait, in order, for the one who writes them.
    func takeWaiting(at repository: RepositoryName) -> [IndexChange] {
        (waiting.removeValue(forKey: repository) ?? []).filter { $0.outcome == nil }
    }

    /// Lets changes wait again, before those that came since.
    func putBack(_ changes: [IndexChange], at repository: RepositoryName) {
        waiting[repository, default: []].insert(contentsOf: changes, at: 0)
    }

    /// How many changes wait, for tests.
    func waiting(at repository: RepositoryName) -> Int { waiting[repository]?.count ?? 0 }

    /// True the first time.
    func isUnswept(_ repository: RepositoryName) -> Bool { swept.insert(repository).inserted }
}

import HTTP
import OCI
import Registry

/// What a pass has done and learned while it put referrers: each is put once, however many images share it.
struct ReferrerHabits: Sendable {
    /// Whether the registry took note of a referrer's subject when it was put.
    let puts = Memo<String, Bool>()
    /// Tags of signatures, and lists of referrers, that were written.
    let writes = Memo<String, Bool>()
    /// Manifests that were put by digest so that referrers of theirs are taken.
    let subjects = Memo<String, Bool>()
    let turns = ListTurns()
    let learned = LearnedHabits()
}

/// What registries were found to insist on.
actor LearnedHabits {
    private var subjectFirst: Set<String> = []

    /// True of a registry that has refused a referrer before its subject.
    func wantsSubjectFirst(_ place: String) -> Bool { subjectFirst.contains(place) }

    /// Remembers such a registry.
    func sawRefusal(at place: String) { subjectFirst.insert(place) }
}

/// Lets those of this pass who change one list of referrers do so one after the other.
actor ListTurns {
    private var turns: [String: Slots] = [:]

    /// The turn at a list.
    func turn(at list: String) -> Slots {
        if let known = turns[list] { return known }
        let turn = Slots(limit: 1)
        turns[list] = turn
        return turn
    }
}

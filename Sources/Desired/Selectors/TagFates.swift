import OCI

/// What several entries of a rule made of the tags of one repository: a tag that one of them keeps is kept.
struct TagFates {
    private var fates: [Fate] = []
    private var places: [String: Int] = [:]

    private struct Fate {
        var tag: String
        var isKept = false
        var reasons: [String] = []
        var destinations: [String] = []
    }

    mutating func drop(_ tag: String, because reason: String) {
        let place = place(of: tag)
        guard !fates[place].isKept, !fates[place].reasons.contains(reason) else { return }
        fates[place].reasons.append(reason)
    }

    mutating func keep(_ tag: String, because reason: String, at destination: String) {
        let place = place(of: tag)
        if !fates[place].isKept {
            fates[place].isKept = true
            fates[place].reasons = []
        }
        if !fates[place].reasons.contains(reason) { fates[place].reasons.append(reason) }
        if !fates[place].destinations.contains(destination) { fates[place].destinations.append(destination) }
    }

    /// The decisions, in the order in which the tags came first.
    func decisions(in repository: RepositoryName) -> [Selection.Decision] {
        fates.map { fate in
            Selection.Decision(
                repository: repository, tag: fate.tag, kept: fate.isKept,
                reason: fate.reasons.joined(separator: "; "), destinations: fate.destinations)
        }
    }

    private mutating func place(of tag: String) -> Int {
        if let place = places[tag] { return place }
        fates.append(Fate(tag: tag))
        places[tag] = fates.count - 1
        return fates.count - 1
    }
}

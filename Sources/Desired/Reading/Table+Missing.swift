extension Table {
    /// The key that a misspelt one was probably meant to be: it counts as given, so that one slip is told
    /// once.
    func nearest(to name: String) -> String? {
        self[name] == nil ? Suggestion.nearest(to: name, among: keys.map(\.name) + later) : nil
    }

    /// What the keys that are given leave wrong: one message for each rule that is broken.
    func missing(given: Set<String>, in name: String) -> [(message: String, hint: String?)] {
        let missing = keys.filter { $0.isRequired && !given.contains($0.name) }
            .map { ("\($0.name.quoted) is missing in \(name.quoted)", String?.some($0.meaning)) }
        return missing + rules.compactMap { complaint(about: $0, given: given, in: name) }
    }

    private func complaint(about rule: Rule, given: Set<String>, in name: String) -> (String, String?)? {
        switch rule {
        case .exactlyOne(let names):
            let found = names.filter(given.contains)
            guard found.count != 1 else { return nil }
            let all = names.joined(separator: ", ")
            return found.isEmpty
                ? ("\(name.quoted) wants one of \(all)", nil)
                : ("\(name.quoted) wants only one of \(all), not \(found.joined(separator: " and "))", nil)
        case .atLeastOne(let names):
            guard !names.contains(where: given.contains) else { return nil }
            return ("\(name.quoted) wants at least one of \(names.joined(separator: ", "))", nil)
        case .notBoth(let one, let other):
            guard given.contains(one), given.contains(other) else { return nil }
            return ("\(one.quoted) and \(other.quoted) can't stand together in \(name.quoted)", nil)
        case .needs(let one, let other):
            guard given.contains(one), !given.contains(other) else { return nil }
            return ("\(one.quoted) has no meaning without \(other.quoted)", nil)
        }
    }
}

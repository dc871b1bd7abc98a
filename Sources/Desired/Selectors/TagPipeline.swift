import OCI

/// The one way that every tag goes: tag at all, internal, include, exclude, matching, semver, sort, newest.
struct TagPipeline {
    /// What is said of `sha256-…` tags.
    static let internalReason = "internal: a signature or referrer, no image"

    let selector: TagSelector
    /// The order that is asked for; `newest` alone counts by version.
    private let order: SortOrder?

    init(_ selector: TagSelector) {
        self.selector = selector
        order = selector.sortBy ?? (selector.newest == nil ? nil : .semver)
    }

    func decide(_ tags: [String]) -> [TagDecision] {
        let sorted = Set(tags).map { (tag: $0, key: NaturalOrder($0)) }.sorted { $0.key < $1.key }
        var candidates: [TagCandidate] = []
        var others: [TagDecision] = []
        for (place, entry) in sorted.enumerated() {
            var candidate = TagCandidate(tag: entry.tag, place: place)
            if let reason = refusal(of: &candidate) {
                others.append(TagDecision(tag: entry.tag, kept: false, reason: reason))
            } else if let order, candidate.sorts(by: order) {
                candidates.append(candidate)
            } else {
                others.append(unsorted(candidate))
            }
        }
        guard let order else { return others }
        candidates.sort { $0.precedes($1, by: order) }
        return newest(among: candidates) + others
    }

    /// Why a tag is dropped, whatever other tags there are; `nil` where nothing is against it.
    private func refusal(of candidate: inout TagCandidate) -> String? {
        if let reason = nameRefusal(of: candidate.tag) { return reason }
        if let reason = globRefusal(of: &candidate) { return reason }
        if let reason = patternRefusal(of: &candidate) { return reason }
        return versionRefusal(of: &candidate)
    }

    private func nameRefusal(of text: String) -> String? {
        do throws(TagError) {
            return try Tag(text).isInternal ? Self.internalReason : nil
        } catch {
            // The text is not repeated: it may hold anything, and the decision names it already.
            return switch error {
            case .empty: "is no tag: empty"
            case .tooLong(let count): "is no tag: \(count) characters, 128 at most"
            case .badStart: "is no tag: begins with '.' or '-'"
            case .badCharacter: "is no tag: a character other than letters, digits, '_', '.' and '-'"
            }
        }
    }

    private func globRefusal(of candidate: inout TagCandidate) -> String? {
        let tag = candidate.tag
        if !selector.include.isEmpty {
            guard let glob = selector.include.first(where: { $0.matches(tag) }) else {
                return "matches no include"
            }
            candidate.passed.append("include '\(glob)'")
        }
        return selector.exclude.first { $0.matches(tag) }.map { "exclude '\($0)'" }
    }

    private func patternRefusal(of candidate: inout TagCandidate) -> String? {
        candidate.value = candidate.tag
        guard let pattern = selector.matching else { return nil }
        guard let match = pattern.match(candidate.tag) else { return "matching: no match" }
        guard pattern.hasVersionGroup else {
            candidate.passed.append("matching")
            return nil
        }
        candidate.value = match.version
        candidate.passed.append(match.version.map { "matching: version '\($0)'" } ?? "matching")
        return nil
    }

    private func versionRefusal(of candidate: inout TagCandidate) -> String? {
        guard selector.semver != nil || order == .semver else { return nil }
        candidate.version = candidate.value.flatMap { Version($0) }
        // Alone, `sortBy: semver` puts tags in order and drops none.
        guard selector.semver != nil || selector.newest != nil else { return nil }
        guard let value = candidate.value else { return "matching: its group 'version' matched nothing" }
        guard let version = candidate.version else {
            return value == candidate.tag ? "is no version" : "'\(value)' is no version"
        }
        if let range = selector.semver {
            switch range.position(of: version) {
            case .inside: candidate.passed.append("semver '\(range.text)'")
            case .lower: return "semver '\(range.text)': \(version) is lower"
            case .higher: return "semver '\(range.text)': \(version) is higher"
            case .outside: return "semver '\(range.text)': \(version) is outside"
            }
        }
        guard version.isPrerelease, !selector.prereleases else { return nil }
        return "pre-release (prereleases: true would keep it)"
    }

    /// A tag that the order says nothing of can't be counted among the newest.
    private func unsorted(_ candidate: TagCandidate) -> TagDecision {
        guard let order, let newest = selector.newest else { return kept(candidate) }
        let kind = order == .number ? "number" : "version"
        return TagDecision(tag: candidate.tag, kept: false, reason: "newest \(newest): is no \(kind)")
    }

    private func newest(among candidates: [TagCandidate]) -> [TagDecision] {
        guard let newest = selector.newest else { return candidates.map(kept) }
        return candidates.enumerated().map { index, candidate in
            let rank = candidates.count - index
            let reason = "newest \(newest): \(ordinal(rank))"
            guard rank <= newest else { return TagDecision(tag: candidate.tag, kept: false, reason: reason) }
            var counted = candidate
            counted.passed.append(reason)
            return kept(counted)
        }
    }

    private func kept(_ candidate: TagCandidate) -> TagDecision {
        let reason = candidate.passed.isEmpty ? "all tags" : candidate.passed.joined(separator: ", ")
        return TagDecision(tag: candidate.tag, kept: true, reason: reason)
    }

    private func ordinal(_ number: Int) -> String {
        if (11...13).contains(number % 100) { return "\(number)th" }
        return switch number % 10 {
        case 1: "\(number)st"
        case 2: "\(number)nd"
        case 3: "\(number)rd"
        default: "\(number)th"
        }
    }
}

extension ObjectReader {
    /// What `referrers` says: nothing where it is not given, and that nothing is copied where it is `false`.
    func referrers(_ fields: Fields) -> ReferrerChoice? {
        guard let value = fields["referrers"] else { return nil }
        if let flag = value.flag { return flag ? .copied(ReferrerPolicy()) : .left }
        guard let given = value.fields else { return nil }
        var policy = ReferrerPolicy(types: (given["types"]?.list ?? []).compactMap(\.text))
        switch given["recheck"]?.text {
        case "always": policy.recheck = .always
        case let text?:
            if let seconds = DurationText.seconds(text) { policy.recheck = .every(seconds: seconds) }
        case nil: break
        }
        return .copied(policy)
    }
}

/// What a rule or an entry says of referrers.
public enum ReferrerChoice: Sendable, Hashable {
    /// They stay where they are.
    case left
    /// They travel with their image.
    case copied(ReferrerPolicy)

    /// How they travel.
    public var policy: ReferrerPolicy? {
        if case .copied(let policy) = self { policy } else { nil }
    }
}

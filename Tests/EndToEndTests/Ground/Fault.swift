import Lab

/// The requests that a fault hits, and how often.
final class Fault: Sendable {
    private let left: Guarded<Int>
    private let kinds: Set<String>
    private let reference: String?
    private let verdict: Verdict

    /// A fault of every request of some kinds (`GET blob`), of those of one tag or digest, so many times.
    init(_ kinds: String..., of reference: String? = nil, times: Int = .max, _ verdict: Verdict) {
        self.kinds = Set(kinds)
        self.reference = reference
        self.verdict = verdict
        left = Guarded(times)
    }

    /// For a proxy's hook.
    func callAsFunction(_ request: ProxyRequest) -> Verdict {
        guard kinds.contains(request.kind), reference == nil || request.route.reference == reference else {
            return .pass
        }
        return left.with { left in
            guard left > 0 else { return .pass }
            left -= 1
            return verdict
        }
    }
}


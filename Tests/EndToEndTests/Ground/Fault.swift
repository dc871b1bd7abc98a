import Lab

/// The requests that a fault hits, and how often.
final class Fault: Sendable {
    private let left: Guarded<Int>
    private let kind: String
    private let reference: String?
    private let verdict: Verdict

    /// A fault of every request of a kind (`GET blob`), or of those of one tag or digest, so many times.
    init(_ kind: String, of reference: String? = nil, times: Int = .max, _ verdict: Verdict) {
        self.kind = kind
        self.reference = reference
        self.verdict = verdict
        left = Guarded(times)
    }

    /// For a proxy's hook.
    func callAsFunction(_ request: ProxyRequest) -> Verdict {
        guard request.kind == kind, reference == nil || request.route.reference == reference else {
            return .pass
        }
        return left.with { left in
            guard left > 0 else { return .pass }
            left -= 1
            return verdict
        }
    }
}

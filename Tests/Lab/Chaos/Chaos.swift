/// A plan by which a part of all exchanges goes wrong, for a proxy's hook.
///
/// What happens to an exchange hangs on the seed, on what is asked for, and on how often that was asked before,
/// and not on the order in which requests come: one seed means the same troubles on every run.
public final class Chaos: Sendable {
    private struct State {
        var asked: [String: UInt64] = [:]
        var tally: [Trouble: Int] = [:]
        var exchanges = 0
        var longStalls: Int
    }

    private let seed: UInt64
    private let share: Double
    private let twin: String
    private let tokens: ChaosTokens
    private let state: Guarded<State>

    /// Makes a plan for the proxy before a registry.
    ///
    /// - Parameters:
    ///   - share: the part of all exchanges that goes wrong.
    ///   - tokens: where a client that is refused gets a token.
    ///   - longStalls: so many blobs come to rest for longer than any client's patience.
    public init(
        seed: Int, share: Double = 0.1, before registry: DockerRegistry, tokens: ChaosTokens,
        longStalls: Int = 0
    ) {
        self.seed = UInt64(truncatingIfNeeded: seed)
        self.share = share
        self.tokens = tokens
        twin = registry.url
        state = Guarded(State(longStalls: longStalls))
    }

    /// How many exchanges it was asked about.
    public var exchanges: Int { state.with { $0.exchanges } }

    /// How often what went wrong.
    public var tally: [Trouble: Int] { state.with { $0.tally } }

    /// How many exchanges went wrong.
    public var spoiled: Int { tally.values.reduce(0, +) }

    /// Decides about a request.
    public func callAsFunction(_ request: ProxyRequest) -> Verdict {
        let name = Self.name(of: request)
        let (before, stalls) = state.with { state in
            state.exchanges += 1
            state.asked[name, default: 0] += 1
            let stalls = state.longStalls > 0 && request.method == "GET" && request.route.kind == .blob
            if stalls { state.longStalls -= 1 }
            return (state.asked[name] ?? 0, stalls)
        }
        if stalls { return .response(.stall(after: 1, seconds: 600)) }
        var random = Random(seed: Random.mix(seed) ^ Self.number(of: name) ^ Random.mix(before))
        guard Double.random(in: 0..<1, using: &random) < share,
            let trouble = Trouble.allCases.filter({ $0.fits(request) }).randomElement(using: &random)
        else { return .pass }
        state.with { $0.tally[trouble, default: 0] += 1 }
        return trouble.verdict(for: request, twin: twin, realm: tokens.realm, by: &random)
    }

    /// What is asked for, without the names that a registry gives to its uploads.
    private static func name(of request: ProxyRequest) -> String {
        let query = request.target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        let digest = query.split(separator: "&").last { $0.hasPrefix("digest=") } ?? ""
        let reference = request.route.kind == .upload ? String(digest) : request.route.reference ?? ""
        return "\(request.kind) \(request.route.repository ?? "") \(reference)"
    }

    /// FNV-1a: the same on every run, as Swift's own hash is not.
    private static func number(of text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

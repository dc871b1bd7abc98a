import HTTP
import Logging
import OCI

/// Knows what to show one registry, and keeps it fresh: the tokens of one host and one credential.
public actor Authorizer {
    /// How the registry wants us to authenticate.
    enum Way: Hashable, Sendable {
        case basic
        case bearer(Realm)
    }

    /// What is sent now, and until when; `nil`: until it is refused.
    struct Held: Sendable {
        var authorization: Authorization
        var renewal: ContinuousClock.Instant?
    }

    let host: String
    let source: any LoginSource
    let judge: RealmJudge
    let security: Security
    let tokens: TokenClient
    let time: Timekeeper
    let logger: Logger

    private(set) var way: Way?
    private var held: [Set<Scope>: Held] = [:]
    private var wanted: [Set<Scope>: Set<Scope>] = [:]
    private var lastID: UInt64 = 0
    /// When so many are held, those that ran out are dropped.
    private var fill = 1024
    let flights = SingleFlight<Set<Scope>, Authorization?, AuthError>()

    /// Prepares to authenticate at a registry; `host` is its canonical name, by which logins are found.
    ///
    /// - Parameter isBasic: the registry is known to want a user name and a password: it need not be asked.
    public init(
        registry: Origin, host: String, login: any LoginSource, transport: any Transport,
        security: Security = Security(), isBasic: Bool = false, time: Timekeeper = .system, logger: Logger
    ) {
        way = isBasic ? .basic : nil
        self.host = host
        source = login
        judge = RealmJudge(registry: registry, host: host)
        self.security = security
        tokens = TokenClient(host: host, transport: transport, time: time)
        self.time = time
        self.logger = logger
    }

    /// What to send with a request that needs these rights: nothing until the registry has asked.
    public func authorization(for scopes: Set<Scope>) async throws(AuthError) -> Authorization? {
        guard way != nil else { return nil }
        if let current = current(scopes) { return current }
        return try await flights.value(for: scopes) { () async throws(AuthError) -> Authorization? in
            try await self.obtain(scopes, inPlaceOf: nil)
        }
    }

    /// What to send after a 401: something else than what was refused, or an error.
    ///
    /// It promises no more than one try: a caller whose fresh token is refused as well should give up.
    public func refused(
        _ authorization: Authorization?, challenges: [Challenge], scopes: Set<Scope>
    ) async throws(AuthError) -> Authorization {
        try learn(challenges, scopes)
        if let current = current(scopes) {
            if current.field != authorization?.field { return current }
            held[scopes] = nil
        }
        let fresh = try await flights.value(for: scopes) { () async throws(AuthError) -> Authorization? in
            try await self.obtain(scopes, inPlaceOf: authorization)
        }
        guard let fresh, fresh.id != authorization?.id else { throw denied(isShown: authorization != nil) }
        return fresh
    }

    /// What is held for these rights, where it need not be renewed yet.
    func current(_ scopes: Set<Scope>) -> Authorization? {
        guard let kept = held[scopes] else { return nil }
        if let renewal = kept.renewal, renewal <= time.now() { return nil }
        return kept.authorization
    }

    /// The rights to ask for: ours, and what the registry named beyond them.
    func rights(_ scopes: Set<Scope>) -> [Scope] {
        Scope.merged(scopes.union(wanted[scopes] ?? []))
    }

    /// Remembers a field's value under the next number.
    func keep(_ field: Secret, until renewal: ContinuousClock.Instant?, for scopes: Set<Scope>)
        -> Authorization
    {
        if held.count >= fill { dropExpired() }
        lastID += 1
        let authorization = Authorization(id: lastID, field: field)
        held[scopes] = Held(authorization: authorization, renewal: renewal)
        return authorization
    }

    private func dropExpired() {
        let now = time.now()
        held = held.filter { $0.value.renewal.map { $0 > now } ?? true }
        wanted = wanted.filter { held[$0.key] != nil }
        fill = max(1024, held.count * 2)
    }

    /// Takes note of how the registry wants to be spoken to; a 401 without a word changes nothing.
    private func learn(_ challenges: [Challenge], _ scopes: Set<Scope>) throws(AuthError) {
        if challenges.isEmpty, way != nil { return }
        let bearer = challenges.first { $0.scheme == "bearer" && $0.parameters["realm"]?.isEmpty == false }
        if let bearer {
            way = .bearer(try realm(of: bearer))
            let named = (bearer.parameters["scope"] ?? "").split(separator: " ").prefix(8)
            let more = Set(named.compactMap { Scope(String($0)) }).subtracting(scopes)
            wanted[scopes] = more.isEmpty ? nil : more
        } else if challenges.contains(where: { $0.scheme == "basic" }) {
            way = .basic
        } else {
            throw unsupported(challenges)
        }
    }
}

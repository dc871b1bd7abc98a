import HTTP
import OCI
import Registry

/// The login of a private registry, or of the public one: a token that is asked for when it is wanted, and anew before it ends.
///
/// Everybody shares one. (Amazon ECR User Guide, "Private registry authentication".)
public actor ECRLogin: LoginSource, AgingLogins {
    private let client: AWSClient
    private let isOptional: Bool
    private let tell: @Sendable (String) -> Void
    private let time: Timekeeper
    private let clock: WallClock
    private let turn = Slots(limit: 1)
    private var known: (login: Login, renewal: ContinuousClock.Instant)?

    /// A token lives for twelve hours; of what is left of it, it is used for this part.
    private static let used = 0.9
    /// A token whose end is not told is used for so long.
    private static let unknown = Duration.seconds(600)
    /// One that has ended already, or is about to, serves what is under way.
    private static let least = Duration.seconds(1)
    /// Keys that are not there are looked for again after so long.
    private static let vain = Duration.seconds(600)

    /// Logs in with the keys of a client of the registry's service.
    ///
    /// - Parameters:
    ///   - isOptional: where keys give none, there is no login, which the public registry bears.
    ///   - tell: is told why, where there are keys.
    public init(
        _ client: AWSClient, isOptional: Bool = false, tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.tell = tell
        self.client = client
        self.isOptional = isOptional
        time = client.ground.time
        clock = client.ground.clock
    }

    /// The token that is good now.
    public func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login {
        do { try await turn.take() } catch { throw LoginError(.cancelled, for: host, detail: "cancelled") }
        do {
            let login = try await current()
            await turn.give()
            return login
        } catch {
            await turn.give()
            throw LoginError(stored: error, for: host)
        }
    }

    private func current() async throws(AWSError) -> Login {
        if let known, known.renewal > time.now() { return known.login }
        let grant: RegistryGrant
        do { grant = try await client.registryGrant() } catch {
            guard isOptional, [.noKeys, .keysRefused, .denied].contains(error.kind) else { throw error }
            if error.kind != .noKeys { tell("\(error); it is read without a login") }
            known = (.anonymous, time.now() + Self.vain)
            return .anonymous
        }
        let left = Duration.seconds(max(0, grant.expiry - clock.seconds())) * Self.used
        let life = grant.expiry == 0 ? Self.unknown : max(left, Self.least)
        known = (grant.login, time.now() + life)
        return grant.login
    }

    /// A refused token is not shown again.
    public func refused(_ login: Login, for host: String, repository: RepositoryName?) {
        if known?.login == login { known = nil }
    }

    /// When the token is asked for anew.
    public func renewal(of login: Login) -> ContinuousClock.Instant? {
        known?.login == login ? known?.renewal : nil
    }
}

import HTTP
import OCI
import Registry

/// A registry's login that a secret in AWS holds: read when it is wanted, once for all, and again where it is refused.
public actor StoredLogin: LoginSource {
    private let session: AWSSession
    private let place: SecretPlace
    private let turn = Slots(limit: 1)
    private var known: Login?
    /// How many readings have ended, and what the last one failed with.
    private var readings: UInt64 = 0
    private var lastFailure: AWSError?
    private var recent = RecentFailure()
    /// What was refused, and until when it is not asked for anew since it was read once more and is the same.
    private var refused: Login?
    private var confirmedUntil: Int64 = .min
    private static let confirmation: Int64 = 60

    /// Nothing is asked of anybody before a login is wanted.
    ///
    /// - Parameter session: whose keys the secret is read with.
    public init(_ session: AWSSession, at place: SecretPlace) {
        self.session = session
        self.place = place
    }

    /// The login that the secret holds.
    public func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login {
        do throws(AWSError) { return try await current() } catch {
            throw LoginError(stored: error, for: host)
        }
    }

    /// Has the secret read once more.
    public func refused(_ login: Login, for host: String, repository: RepositoryName?) async {
        guard known == login, now >= confirmedUntil else { return }
        refused = login
        known = nil
    }

    private var now: Int64 { session.ground.clock.seconds() }

    private func current() async throws(AWSError) -> Login {
        if let known { return known }
        let seen = readings
        guard (try? await turn.take()) != nil else { throw .keys(at: "\(place)", "", .cancelled) }
        do throws(AWSError) {
            let login = try await read(since: seen)
            await turn.give()
            return login
        } catch {
            await turn.give()
            throw error
        }
    }

    /// Reads the secret, or returns what was done while this one waited in the row.
    private func read(since seen: UInt64) async throws(AWSError) -> Login {
        if let known { return known }
        if readings != seen, let lastFailure { throw lastFailure }
        if let failure = recent.current(now) { throw failure }
        do throws(AWSError) {
            guard case .login(let login) = try await session.secret(at: place) else {
                throw .secret(
                    at: "\(place)",
                    "it holds keys of AWS, and the registry wants username and password, or token")
            }
            ended(nil)
            if login == refused { confirmedUntil = now + Self.confirmation }
            known = login
            return login
        } catch {
            // Of a task that was cancelled, nobody learns anything.
            if error.kind != .cancelled, !Task.isCancelled { ended(error) }
            throw error
        }
    }

    private func ended(_ failure: AWSError?) {
        readings += 1
        lastFailure = failure
        if let failure { recent.note(failure, now) }
    }
}

extension LoginError {
    /// A login that could not be read from AWS.
    init(stored error: AWSError, for host: String) {
        let kind: Kind =
            switch error.kind {
            case .cancelled: .cancelled
            case .noKeys: .missing
            case .keys, .malformed: .malformed
            default: error.isTransient ? .timedOut : .unreadable
            }
        self.init(kind, for: host, detail: error.description)
    }
}

import Registry

/// Keys that a secret in AWS holds, or those of the role that it names beside them.
actor StoredKeys: KeyProvider {
    private let session: AWSSession
    private let place: SecretPlace
    private var failure = RecentFailure()

    /// - Parameter session: whose keys the secret is read with.
    init(session: AWSSession, place: SecretPlace) {
        self.session = session
        self.place = place
    }

    func find() async throws(AWSError) -> Finding {
        let now = session.ground.clock.seconds()
        if let known = failure.current(now) { throw known }
        do throws(AWSError) { return .found(try await keys()) } catch {
            failure.note(error, now)
            throw error
        }
    }

    private func keys() async throws(AWSError) -> AccessKeys {
        switch try await session.secret(at: place) {
        case .keys(let keys, nil): return keys
        case .keys(let keys, let role?):
            let sts = try session.settings.sts(for: role, keys: FixedKeys(keys), on: session.ground)
            return try await sts.assume(role)
        case .login:
            throw .secret(
                at: "\(place)",
                "it holds a registry's login, and keys of AWS are wanted: access_key_id and secret_access_key"
            )
        }
    }
}

extension AWSSession {
    /// Reads a secret, now.
    func secret(at place: SecretPlace) async throws(AWSError) -> StoredSecret {
        let text: Secret
        do { text = try await self.text(at: place) } catch  where error.kind == .noKeys {
            throw .keys(at: "\(place)", "there are no keys to read it with: \(error.detail)")
        }
        return try StoredSecret(parsing: text, from: "\(place)")
    }
}

/// A failure that stays for a while: what a thousand images want is not asked for a thousand times.
struct RecentFailure {
    private static let life: Int64 = 60

    private var known: (error: AWSError, until: Int64)?

    /// The failure, while it is fresh.
    func current(_ now: Int64) -> AWSError? {
        guard let known, now < known.until else { return nil }
        return known.error
    }

    /// Remembers a failure that stays so until somebody acts.
    mutating func note(_ error: AWSError, _ now: Int64) {
        let isKept = !error.isTransient && error.kind != .cancelled
        known = isKept ? (error, now + Self.life) : nil
    }
}

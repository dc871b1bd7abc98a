import HTTP
import Logging
import OCI

extension Authorizer {
    /// Gets what is to be sent, unless another got it in the meantime.
    func obtain(
        _ scopes: Set<Scope>, inPlaceOf refused: Authorization?
    ) async throws(AuthError) -> Authorization? {
        if let current = current(scopes), current.field != refused?.field { return current }
        guard let way else { return nil }
        let subject = Self.subject(of: scopes)
        let login = try await login(for: subject)
        do {
            return try await show(login, way, scopes, inPlaceOf: refused)
        } catch  where error.kind == .denied {
            // The login may have been changed since it was read: a source that remembers looks once more.
            await source.refused(login, for: host, repository: subject)
            let other = try await self.login(for: subject)
            guard other != login else { throw error }
            return try await show(other, way, scopes, inPlaceOf: refused)
        }
    }

    private func show(
        _ login: Login, _ way: Way, _ scopes: Set<Scope>, inPlaceOf refused: Authorization?
    ) async throws(AuthError) -> Authorization? {
        switch (login, way) {
        case (.bearer(let token), _):
            return try await hold("Bearer \(token.reveal())", of: login, scopes, inPlaceOf: refused)
        case (.basic, .basic):
            return try await hold(
                "Basic \(login.basicToken ?? "")", of: login, scopes, inPlaceOf: refused)
        case (.anonymous, .basic): return nil
        case (.identityToken, .basic):
            throw AuthError(
                .denied, at: host,
                detail:
                    "the registry wants a user name and a password, but the credential is an identity token")
        case (_, .bearer(let realm)): return try await exchange(login, realm, scopes)
        }
    }

    /// Keeps a field until its login ends, where that is known, unless it is the one that was refused.
    private func hold(
        _ field: String, of login: Login, _ scopes: Set<Scope>, inPlaceOf refused: Authorization?
    ) async throws(AuthError) -> Authorization {
        let secret = Secret(field)
        guard secret != refused?.field else { throw denied(isShown: true) }
        let renewal = await (source as? any AgingLogins)?.renewal(of: login)
        return keep(secret, until: renewal, for: scopes)
    }

    /// Buys a token, where the token server may see the login.
    private func exchange(
        _ login: Login, _ realm: Realm, _ scopes: Set<Scope>
    ) async throws(AuthError) -> Authorization {
        let origin = realm.address.origin
        let subject = Self.subject(of: scopes)
        let verdict =
            (source as? any HostBound)?.verdict(on: origin.authority, repository: subject) ?? .unsaid
        try judge.check(origin, showing: login, verdict: verdict)
        let request = TokenRequest(
            realm: realm, login: login, scopes: rights(scopes),
            security: judge.security(for: origin, from: security))
        let token = try await tokens.token(request)
        logger.debug(
            "got a token",
            metadata: [
                "registry": "\(host)", "from": "\(origin)", "life": "\(token.life)",
                "scopes": "\(scopes.sorted().map(\.description).joined(separator: " "))",
            ])
        return keep(Secret("Bearer \(token.secret.reveal())"), until: token.renewal, for: scopes)
    }

    private func login(for subject: RepositoryName?) async throws(AuthError) -> Login {
        let login: Login
        do { login = try await source.login(for: host, repository: subject) } catch {
            guard error.kind != .cancelled else { throw AuthError(.cancelled, at: host, detail: "cancelled") }
            throw AuthError(error.isTransient ? .unavailable : .noLogin, at: host, detail: error.description)
        }
        if let flaw = login.flaw {
            throw AuthError(.noLogin, at: host, detail: "\(flaw); check the credential")
        }
        return login
    }

    /// The repository whose login counts: the one that is written to, else the first by name.
    static func subject(of scopes: Set<Scope>) -> RepositoryName? {
        let ordered = scopes.sorted()
        let written = ordered.first { $0.repository != nil && $0.actions.contains { $0 != "pull" } }
        return (written ?? ordered.first { $0.repository != nil })?.repository
    }

    /// Reads a challenge's realm.
    func realm(of challenge: Challenge) throws(AuthError) -> Realm {
        let text = challenge.parameters["realm"] ?? ""
        do {
            return Realm(address: try Address(text), service: challenge.parameters["service"])
        } catch AddressError.userInfo {
            throw AuthError(
                .untrustedRealm, at: host,
                detail:
                    "the registry names a token server by a URL with a user name or password"
            )
        } catch {
            throw AuthError(
                .malformed, at: host,
                detail: "the registry names a token server by what is no http or https URL: "
                    + "'\(String(text.prefix { $0 != "?" }).printable(atMost: 100))'")
        }
    }

    /// The error where nothing is left to try.
    func denied(isShown: Bool) -> AuthError {
        let detail =
            isShown
            ? "the registry refused the credential; check it and its rights"
            : "the registry wants a credential, but there is none; name one, or log in with docker or podman"
        return AuthError(.denied, at: host, detail: detail)
    }

    /// The error for schemes that are not ours.
    func unsupported(_ challenges: [Challenge]) -> AuthError {
        guard !challenges.isEmpty else {
            return AuthError(
                .unsupported, at: host, detail: "the registry answered 401 without saying what it wants")
        }
        let schemes = challenges.map { $0.scheme.printable(atMost: 30) }.joined(separator: ", ")
        return AuthError(
            .unsupported, at: host,
            detail: "the registry offers \(schemes) alone; Basic, or Bearer with a realm, is needed")
    }
}

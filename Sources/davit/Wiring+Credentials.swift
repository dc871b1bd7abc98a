import AWS
import Desired
import HTTP
import OCI
import Registry
import Synchronization

extension Wiring {
    /// The way into AWS that a credential opens, or AWS's default chain; nothing is asked of anybody here.
    func session(_ credential: String?, in state: DesiredState) throws(AWSError) -> AWSSession {
        try amazon.session(credential, state.credentials)
    }
}

/// The ways into AWS: one a credential, so that all who use it share its keys and their renewal.
final class AmazonSessions: Sendable {
    private let environment: LoginEnvironment
    private let ground: AWSGround
    private let sessions = Mutex<[String: AWSSession]>([:])
    private let logins = Mutex<[String: StoredLogin]>([:])

    init(_ environment: LoginEnvironment, _ transport: any Transport) {
        self.environment = environment
        ground = AWSGround(transport: transport)
    }

    /// The session of a credential; without a name, that of AWS's default chain.
    func session(_ name: String?, _ credentials: [String: Credential]) throws(AWSError) -> AWSSession {
        let key = name ?? ""
        if let known = sessions.withLock({ $0[key] }) { return known }
        let opened = try open(name, credentials)
        return sessions.withLock { sessions in
            let session = sessions[key] ?? opened
            sessions[key] = session
            return session
        }
    }

    /// The login that a credential holds for a registry which is not AWS's own.
    func login(_ credential: Credential, _ credentials: [String: Credential]) throws(AWSError)
        -> any LoginSource
    {
        guard let place = try place(of: credential) else { return KeysAlone(credential: credential.name) }
        let session = try session(credential.via, credentials)
        return logins.withLock { logins in
            let login = logins[credential.name] ?? StoredLogin(session, at: place)
            logins[credential.name] = login
            return login
        }
    }

    private func open(_ name: String?, _ credentials: [String: Credential]) throws(AWSError) -> AWSSession {
        guard let name else { return try AWSSession(environment, on: ground) }
        guard let credential = credentials[name] else {
            throw Self.failure(name, "there is no such credential")
        }
        if let place = try place(of: credential) {
            return try session(credential.via, credentials).opening(place)
        }
        switch credential.source {
        case .awsProfile(let profile): return try AWSSession(environment, profile: profile, on: ground)
        case .assumeRole(let role):
            return try session(credential.via, credentials).assuming(
                Role(
                    arn: role.arn, externalID: role.externalID, sessionName: role.sessionName,
                    duration: role.seconds))
        default:
            throw Self.failure(
                name,
                "it holds no keys of AWS; use ssmParameter, secretsManager, awsProfile or assumeRole")
        }
    }

    /// Where a credential's secret is kept in AWS; `nil` where it is none of those.
    private func place(of credential: Credential) throws(AWSError) -> SecretPlace? {
        switch credential.source {
        case .ssmParameter(let name, let region):
            .parameter(name: name, region: try Region(written: region, at: "credential '\(credential.name)'"))
        case .secretsManager(let name, let region):
            .secret(name: name, region: try Region(written: region, at: "credential '\(credential.name)'"))
        default: nil
        }
    }

    private static func failure(_ name: String, _ detail: String) -> AWSError {
        AWSError(.setting, at: "credential '\(name)'", while: "open AWS", detail: detail)
    }
}

extension Region {
    /// A region as a manifest names it, where it does.
    init?(written text: String?, at place: String) throws(AWSError) {
        guard let text else { return nil }
        do { try self.init(text) } catch {
            throw AWSError(.setting, at: place, while: "find the region", detail: "\(error)")
        }
    }
}

/// A credential that opens AWS, and has nothing to show to another registry.
private struct KeysAlone: LoginSource {
    let credential: String

    func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login {
        throw LoginError(
            .malformed, for: host,
            detail: "the credential '\(credential)' opens AWS and holds no login; name one with username and "
                + "password, or token")
    }
}

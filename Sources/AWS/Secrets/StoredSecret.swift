import FoundationEssentials
import Registry

/// What a secret in AWS holds: keys of AWS, maybe with a role that they are for, or a registry's login.
///
/// It is a JSON object of texts. Nothing that goes wrong with it repeats any of its content.
public enum StoredSecret: Sendable {
    /// Keys, and the role that is taken on with them.
    case keys(AccessKeys, role: Role?)
    /// What a registry is shown.
    case login(Login)

    /// More than Secrets Manager keeps, and eight times what a parameter holds.
    static let largest = 64 << 10
    /// So many bytes may the answer have that such a text stands in; in JSON it may be six times as long.
    static let largestAnswer = 512 << 10

    /// Reads a secret.
    ///
    /// - Parameter place: where it was found, for people.
    public init(parsing secret: Secret, from place: String) throws(AWSError) {
        guard secret.reveal().utf8.count <= Self.largest else {
            throw .secret(at: place, "it is larger than \(Self.largest) bytes")
        }
        guard let fields = Fields(secret.reveal()) ?? Fields(base64: secret.reveal()) else {
            throw .secret(
                at: place,
                "it is no JSON object; \(Self.wanted)")
        }
        if let name = fields.unreadable { throw .secret(at: place, "its \(name) is no text") }
        switch (fields.holdsKeys, fields.holdsLogin) {
        case (true, true):
            throw .secret(at: place, "it holds keys of AWS and a registry's login; keep each apart")
        case (true, false):
            self = .keys(try fields.keys(at: place), role: try fields.role(at: place))
        case (false, true): self = .login(try fields.login(at: place))
        case (false, false): throw .secret(at: place, "it lacks what is wanted; \(Self.wanted)")
        }
    }

    private static let wanted =
        "it should hold access_key_id and secret_access_key, or username and password, or token"
}

/// The names that a secret's parts go by; the first two are those that the Data Replication Hub wanted.
private struct Fields: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case id = "access_key_id"
        case secret = "secret_access_key"
        case sessionToken = "session_token"
        case role = "role_arn"
        case externalID = "external_id"
        case username, password, token
    }

    private var texts: [CodingKeys: String] = [:]
    /// A part that is there and is no text.
    private(set) var unreadable: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        for key in CodingKeys.allCases where fields.contains(key) {
            if (try? fields.decodeNil(forKey: key)) == true { continue }
            guard let text = try? fields.decode(String.self, forKey: key) else {
                unreadable = unreadable ?? key.rawValue
                continue
            }
            texts[key] = text.isEmpty ? nil : text
        }
    }

    init?(_ text: String) {
        guard let fields = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = fields
    }

    /// The Data Replication Hub decoded what was kept as bytes once more: there it stands in base64.
    init?(base64 text: String) {
        guard let bytes = Data(base64Encoded: text, options: .ignoreUnknownCharacters),
            let inner = String(validating: bytes, as: UTF8.self)
        else { return nil }
        self.init(inner)
    }

    private static let keyNames: [CodingKeys] = [.id, .secret, .sessionToken, .role, .externalID]
    private static let loginNames: [CodingKeys] = [.username, .password, .token]

    var holdsKeys: Bool { Self.keyNames.contains { texts[$0] != nil } }
    var holdsLogin: Bool { Self.loginNames.contains { texts[$0] != nil } }

    func keys(at place: String) throws(AWSError) -> AccessKeys {
        try AccessKeys(
            checking: text(.id, at: place), secret: text(.secret, at: place),
            sessionToken: texts[.sessionToken], origin: place)
    }

    func role(at place: String) throws(AWSError) -> Role? {
        guard let arn = texts[.role] else {
            guard texts[.externalID] == nil else { throw .secret(at: place, "it lacks role_arn") }
            return nil
        }
        let role = Role(arn: arn, externalID: texts[.externalID])
        do { try role.check(at: place) } catch {
            throw .secret(at: place, "its role_arn or its external_id has not the form of one")
        }
        return role
    }

    func login(at place: String) throws(AWSError) -> Login {
        guard let token = texts[.token] else {
            return .basic(
                username: try text(.username, at: place), password: Secret(try text(.password, at: place)))
        }
        guard texts[.username] == nil, texts[.password] == nil else {
            throw .secret(at: place, "it holds a token and a user name or password; keep one of both")
        }
        return .bearer(Secret(token))
    }

    private func text(_ key: CodingKeys, at place: String) throws(AWSError) -> String {
        guard let text = texts[key] else { throw .secret(at: place, "it lacks \(key.rawValue)") }
        return text
    }
}

extension AWSError {
    /// A secret that is there and can't be used.
    static func secret(at place: String, _ detail: String) -> AWSError {
        AWSError(.keys, at: place, while: "use the secret", detail: detail)
    }
}

import FoundationEssentials
import OCI

/// What davit reads of docker's `config.json` and podman's `auth.json`.
struct DockerConfig: Sendable {
    /// What such a file says of a host.
    enum Finding: Sendable, Equatable {
        /// A login.
        case login(Login)
        /// A helper has it.
        case helper(String)
    }

    private struct Entry: Decodable {
        var auth: String?
        var username: String?
        var password: String?
        var identitytoken: String?
        var registrytoken: String?
    }

    private struct Fields: Decodable {
        var auths: [String: Entry]?
        var credsStore: String?
        var credHelpers: [String: String]?
    }

    private let logins: [String: Login]
    private let helpers: [String: String]
    private let store: String?

    /// Reads a file's bytes; `path` is for messages.
    init(_ bytes: [UInt8], path: String) throws(LoginError) {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(bytes)) else {
            throw LoginError(
                .malformed, for: "",
                detail:
                    "\(path) is no configuration of docker or podman: broken JSON, or of another shape"
            )
        }
        var logins: [String: Login] = [:]
        // In order, so that of two spellings of one host it is always the same that counts.
        for (key, entry) in (fields.auths ?? [:]).sorted(by: { $0.key < $1.key }) {
            if let login = try Self.login(entry, key, path) { logins[Self.normalized(key)] = login }
        }
        self.logins = logins
        let helpers = (fields.credHelpers ?? [:]).filter { !$0.value.isEmpty }
        self.helpers = Dictionary(helpers.map { (Self.normalized($0.key), $0.value) }) { first, _ in first }
        store = fields.credsStore.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What the file says of a host and repository, the first thing first: the helper of the host, or of
    /// all hosts; then the login of the longest path (`host/team/app`, `host/team`, `host`).
    func findings(for host: String, repository: RepositoryName?) -> [Finding] {
        let host = Self.normalized(host)
        let helper = (helpers[host] ?? store).map { [Finding.helper($0)] } ?? []
        var path = repository.map { $0.description.split(separator: "/") } ?? []
        while true {
            let key = ([Substring(host)] + path).joined(separator: "/")
            if let login = logins[key] { return helper + [.login(login)] }
            if path.popLast() == nil { return helper }
        }
    }

    /// A key without what docker's old spellings put around a host: `https://host/v1/`.
    private static func normalized(_ key: String) -> String {
        var rest = key[...]
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        while rest.hasSuffix("/") { rest = rest.dropLast() }
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let host = rest[..<end].lowercased()
        let path = rest[end...]
        let name = DockerHub.hosts.contains(host) ? DockerHub.name : host
        return path == "/v1" || path == "/v2" ? name : name + path
    }

    private static func login(_ entry: Entry, _ key: String, _ path: String) throws(LoginError) -> Login? {
        if let token = entry.identitytoken, !token.isEmpty { return .identityToken(Secret(token)) }
        if let token = entry.registrytoken, !token.isEmpty { return .bearer(Secret(token)) }
        if let auth = entry.auth, !auth.isEmpty {
            guard let pair = pair(auth) else {
                throw LoginError(
                    .malformed, for: "",
                    detail:
                        "\(path): the 'auth' of '\(key.printable(atMost: 100))' is no base64 of user:password; "
                        + "log in again"
                )
            }
            return pair
        }
        guard let username = entry.username, let password = entry.password, !username.isEmpty else {
            return nil
        }
        return .pair(username, password)
    }

    /// Old clients pad the password with zero bytes.
    private static func pair(_ auth: String) -> Login? {
        guard let data = Data(base64Encoded: auth), let text = String(validating: data, as: UTF8.self),
            let colon = text.firstIndex(of: ":"), colon > text.startIndex
        else { return nil }
        var password = text[text.index(after: colon)...]
        while password.last == "\0" { password.removeLast() }
        return .pair(String(text[..<colon]), String(password))
    }
}

import FoundationEssentials
import OCI

/// A login in a file, which is read again whenever it changed: a mounted secret can be rotated under way.
public struct FileLogin: LoginSource {
    /// How the login stands in the file.
    public enum Format: Sendable, Hashable {
        /// `{"username": "…", "password": "…"}` or `{"token": "…"}`
        case json
        /// One line, `user:password`.
        case userPassword
        /// A registry token alone.
        case token
    }

    private struct Fields: Decodable {
        var username: String?
        var password: String?
        var token: String?
    }

    private let file: WatchedFile<Login>

    /// Names the file, by an absolute path, and its format.
    public init(path: String, format: Format) {
        file = WatchedFile(path) { bytes throws(LoginError) in try Self.read(bytes, as: format, at: path) }
    }

    /// The login that the file holds now.
    public func login(for host: String, repository: RepositoryName?) async throws(LoginError) -> Login {
        let login: Login?
        do { login = try await file.content() } catch {
            throw LoginError(error.kind, for: host, detail: error.detail)
        }
        guard let login else {
            throw LoginError(
                .missing, for: host,
                detail: "the file \(file.path) does not exist; write it or correct its path")
        }
        return login
    }

    private static func read(_ bytes: [UInt8], as format: Format, at path: String) throws(LoginError) -> Login
    {
        let login =
            switch format {
            case .json: json(bytes)
            case .userPassword: pair(line(bytes))
            case .token: line(bytes).map { Login.bearer(Secret($0)) }
            }
        if let login { return login }
        let wanted =
            switch format {
            case .json: #"a JSON object with "username" and "password", or with "token" alone"#
            case .userPassword: "one line, user:password"
            case .token: "one line with a token"
            }
        throw LoginError(
            .malformed, for: "", detail: "the file \(path) does not hold what is wanted: \(wanted)")
    }

    private static func json(_ bytes: [UInt8]) -> Login? {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(bytes)) else { return nil }
        switch (fields.username, fields.password, fields.token) {
        case (let username?, let password?, nil):
            return .basic(username: username, password: Secret(password))
        case (nil, nil, let token?): return .bearer(Secret(token))
        default: return nil
        }
    }

    private static func pair(_ line: String?) -> Login? {
        guard let line, let colon = line.firstIndex(of: ":"), colon > line.startIndex else { return nil }
        let password = line[line.index(after: colon)...]
        return .basic(username: String(line[..<colon]), password: Secret(String(password)))
    }

    /// The file's only line, without its end.
    private static func line(_ bytes: [UInt8]) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let first = lines.first, !first.isEmpty, lines.dropFirst().allSatisfy(\.isEmpty) else {
            return nil
        }
        return String(first)
    }
}

import HTTP
import HTTPTypes

/// One question to a token server.
struct TokenRequest: Sendable {
    /// The size beyond which no answer is a token's.
    static let answerLimit = 1 << 20

    /// What is shown.
    let login: Login
    /// What is sent.
    let message: Request

    /// Writes the question: a GET, with the name and password where there are some; a form where an identity
    /// token is to be shown, since that belongs in no URL.
    init(realm: Realm, login: Login, scopes: [Scope], security: Security) {
        self.login = login
        var headers: HTTPFields = [.accept: "application/json"]
        let patience = Patience(stall: .seconds(30), whole: .seconds(60))
        if case .identityToken(let token) = login {
            headers[.contentType] = "application/x-www-form-urlencoded"
            message = Request(
                .post, realm.address, headers: headers, body: Self.form(realm, token, scopes),
                answerLimit: Self.answerLimit, security: security, patience: patience)
            return
        }
        var address = realm.address
        if let service = realm.service { address = address.adding(query: "service", service) }
        for scope in scopes { address = address.adding(query: "scope", scope.description) }
        if let token = login.basicToken { headers[.authorization] = "Basic \(token)" }
        message = Request(
            .get, address, headers: headers, answerLimit: Self.answerLimit, security: security,
            patience: patience)
    }

    private static func form(_ realm: Realm, _ token: Secret, _ scopes: [Scope]) -> [UInt8] {
        var fields = [
            ("grant_type", "refresh_token"), ("client_id", "davit"), ("refresh_token", token.reveal()),
        ]
        if let service = realm.service { fields.append(("service", service)) }
        if !scopes.isEmpty { fields.append(("scope", scopes.map(\.description).joined(separator: " "))) }
        return Array(fields.map { "\($0)=\(Address.encode($1))" }.joined(separator: "&").utf8)
    }
}

import Foundation

/// A token server as docker-registry trusts it: RS256, named by the key's own id.
public final class TokenServer: Sendable {
    /// How it deals with those who ask.
    public struct Options: Sendable {
        /// Seconds that a token is good for, as the answer tells.
        public var life = 300
        /// The answer's `expires_in`; `life` when nil. A server may say nothing with 0.
        public var toldLife: Int?
        /// The logins it knows; with none it refuses every login.
        public var logins: Set<Login> = [.captain]
        /// Whether who brings no login may pull.
        public var anonymousPull = false
        /// The host in the realm's URL.
        public var realmHost = "127.0.0.1"

        /// The default.
        public init() {}

        /// The default, changed as wanted.
        public init(_ change: (inout Options) -> Void) {
            self.init()
            change(&self)
        }
    }

    /// One request for a token, without its secret.
    public struct Asked: Sendable {
        /// The scopes it asked for.
        public let scopes: [String]
        /// The user it gave, or nil.
        public let user: String?
        /// The status of the answer.
        public let status: Int
    }

    private struct State {
        var asked: [Asked] = []
        var refusesLogins = false
        var badTokens = 0
        var revokedUpTo = 0
    }

    /// The service that registries name.
    public let service = "harbour"
    /// The issuer that registries trust.
    public let issuer = "harbour-office"
    private let options: Options
    private let key: SigningKey
    private let strangerKey: SigningKey
    private let state = Guarded(State())
    private let server: ScriptedServer

    /// Starts a token server on loopback.
    public init(_ options: Options = Options()) throws {
        self.options = options
        key = try SigningKey()
        strangerKey = try SigningKey()
        let answer = Guarded<ScriptedServer.Script?>(nil)
        server = try ScriptedServer { request in
            answer.with { $0 }?(request) ?? ScriptedResponse(503)
        }
        answer.with { $0 = { [weak self] in self?.answer($0) ?? ScriptedResponse(503) } }
    }

    /// The URL that registries send clients to.
    public var realm: String { "http://\(options.realmHost):\(server.endpoint.port)/token" }

    /// The certificate that registries check tokens by, as a file.
    public var certificate: String { key.certificate }

    /// Every request so far.
    public var asked: [Asked] { state.with { $0.asked } }

    /// From now on refuses every login, or no longer.
    public func refuseLogins(_ refuse: Bool = true) { state.with { $0.refusesLogins = refuse } }

    /// Signs the next tokens with a key that no registry trusts.
    public func spoilNext(_ count: Int = 1) { state.with { $0.badTokens = count } }

    /// Has every token so far refused by a proxy that asks `refusal`.
    public func revokeAll() { state.with { $0.revokedUpTo = $0.asked.count } }

    /// For a proxy's hook: the answer to a request with a revoked token, or nil when it is none.
    public func refusal(of request: ProxyRequest) -> Verdict? {
        guard let value = request.headers["Authorization"], value.hasPrefix("Bearer ") else { return nil }
        let parts = value.dropFirst(7).split(separator: ".")
        guard parts.count == 3, let claims = Base64URL.decode(String(parts[1])),
            let number = try? JSONDecoder().decode(Claims.self, from: Data(claims)).jti,
            Int(number) ?? 0 <= state.with({ $0.revokedUpTo })
        else { return nil }
        let actions = request.method == "GET" || request.method == "HEAD" ? "pull" : "pull,push"
        let scope = request.route.repository.map { #",scope="repository:\#($0):\#(actions)""# } ?? ""
        let challenge = #"Bearer realm="\#(realm)",service="\#(service)"\#(scope),error="invalid_token""#
        let refused = ScriptedResponse.error(401, "UNAUTHORIZED", "authentication required")
        return .answer(
            401, headers: ["Www-Authenticate": challenge], body: String(decoding: refused.body, as: UTF8.self)
        )
    }

    /// Stops it.
    public func stop() { server.stop() }

    private struct Claims: Decodable { let jti: String }

    private func answer(_ request: ScriptedRequest) -> ScriptedResponse {
        let scopes = Self.scopes(request)
        let login = Self.login(request)
        let knows = login.map { login in options.logins.contains(login) && !state.with { $0.refusesLogins } }
        let user = login?.user
        guard knows ?? options.anonymousPull else {
            state.with { $0.asked.append(Asked(scopes: scopes, user: user, status: 401)) }
            return .error(401, "UNAUTHORIZED", "incorrect username or password")
        }
        let (number, spoiled) = state.with { state in
            state.asked.append(Asked(scopes: scopes, user: user, status: 200))
            defer { state.badTokens = max(0, state.badTokens - 1) }
            return (state.asked.count, state.badTokens > 0)
        }
        let access = scopes.compactMap { Self.access($0, pullOnly: login == nil) }.joined(separator: ",")
        guard let token = token(number, access, user ?? "", spoiled ? strangerKey : key) else {
            return ScriptedResponse(500)
        }
        let told = options.toldLife ?? options.life
        let expiry = told == 0 ? "" : #","expires_in":\#(told)"#
        return .json(200, "{\"token\":\"\(token)\"\(expiry)}")
    }

    private func token(_ number: Int, _ access: String, _ user: String, _ key: SigningKey) -> String? {
        let now = Int(Date().timeIntervalSince1970)
        // The registry takes a token for 60 seconds more than it says.
        let claims =
            #"{"iss":"\#(issuer)","sub":"\#(user)","aud":"\#(service)","exp":\#(now + options.life - 60),"#
            + #""nbf":\#(now - 120),"iat":\#(now),"jti":"\#(number)","access":[\#(access)]}"#
        // The stranger's tokens name the trusted key, so that it is the signature that is wrong.
        let head = #"{"typ":"JWT","alg":"RS256","kid":"\#(self.key.id)"}"#
        let signed = Base64URL.encode(Array(head.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
        return key.sign(Array(signed.utf8)).map { signed + "." + Base64URL.encode($0) }
    }
}

extension TokenServer {
    private static func scopes(_ request: ScriptedRequest) -> [String] {
        let query = request.method == "POST" ? String(decoding: request.body, as: UTF8.self) : request.target
        let pairs = (query.split(separator: "?").last ?? "").split(separator: "&")
        return pairs.filter { $0.hasPrefix("scope=") }.flatMap { pair in
            let value = pair.dropFirst(6).replacingOccurrences(of: "+", with: " ")
            return (value.removingPercentEncoding ?? value).split(separator: " ").map { String($0) }
        }
    }

    private static func login(_ request: ScriptedRequest) -> Login? {
        guard let value = request.headers["Authorization"], value.hasPrefix("Basic "),
            let bytes = Data(base64Encoded: String(value.dropFirst(6)))
        else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ":", maxSplits: 1)
        return Login(parts.first.map { String($0) } ?? "", parts.count > 1 ? String(parts[1]) : "")
    }

    /// One scope as the registry wants it in a token.
    private static func access(_ scope: String, pullOnly: Bool) -> String? {
        guard let first = scope.firstIndex(of: ":"), let last = scope.lastIndex(of: ":"), first < last else {
            return nil
        }
        let wanted = scope[scope.index(after: last)...].split(separator: ",").filter {
            !pullOnly || $0 == "pull"
        }
        let actions = wanted.map { #""\#($0)""# }.joined(separator: ",")
        let name = scope[scope.index(after: first)..<last]
        return #"{"type":"\#(scope[..<first])","name":"\#(name)","actions":[\#(actions)]}"#
    }
}

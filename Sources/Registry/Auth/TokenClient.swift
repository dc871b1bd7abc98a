import FoundationEssentials
import HTTP
import HTTPTypes

/// Asks a token server for tokens. It remembers nothing.
struct TokenClient: Sendable {
    /// The registry's name, for messages.
    var host: String
    /// What carries the requests.
    var transport: any Transport
    /// What time it is.
    var time: Timekeeper
    /// When a request is repeated.
    var retry = RetryPolicy.tokens

    private enum Try {
        case granted(Token)
        case failed(AuthError, asked: Duration?)
    }

    /// Gets one token, with as many tries as it takes and is allowed.
    func token(_ request: TokenRequest) async throws(AuthError) -> Token {
        var attempt = 1
        while true {
            switch try await once(request) {
            case .granted(let token): return token
            case .failed(let error, let asked):
                let decision = retry.decide(
                    tried: attempt, isTransient: true, asked: asked, dice: time.chance())
                guard case .again(let wait) = decision else { throw error }
                do { try await time.sleep(wait) } catch {
                    throw AuthError(.cancelled, at: host, detail: "cancelled")
                }
                attempt += 1
            }
        }
    }

    private func once(_ request: TokenRequest) async throws(AuthError) -> Try {
        let asked = time.now()
        let response: Response
        do { response = try await transport.send(request.message) } catch {
            return try failure(error, of: request)
        }
        switch response.status {
        case 200..<300: return .granted(try token(in: response, asked: asked, of: request))
        case 300..<400:
            throw error(
                .malformed, request,
                "answered \(response.status); a redirect of a token request is not followed")
        case let status where RetryPolicy.isTransient(status: status):
            let failure = error(
                .unavailable, request, "answered \(status)\(reason(response, request)); try again later")
            return .failed(failure, asked: response.retryAfter)
        case 400, 401, 403:
            throw error(.denied, request, refusal(response, request))
        default:
            throw error(.malformed, request, "answered \(response.status)\(reason(response, request))")
        }
    }

    private func failure(_ failure: TransportError, of request: TokenRequest) throws(AuthError) -> Try {
        switch failure.kind {
        case .cancelled: throw AuthError(.cancelled, at: host, detail: "cancelled")
        case .tls, .securityFiles: throw error(.insecure, request, "can't be reached: \(failure)")
        case .tooLarge: throw error(.malformed, request, "answered with more than 1 MiB")
        default:
            let error = error(.unavailable, request, "can't be reached: \(failure)")
            if failure.isTransient { return .failed(error, asked: nil) }
            throw error
        }
    }

    private func token(
        in response: Response, asked: ContinuousClock.Instant, of request: TokenRequest
    ) throws(AuthError) -> Token {
        guard response.body.count <= TokenRequest.answerLimit else {
            throw error(.malformed, request, "answered with more than 1 MiB")
        }
        let answer = try? JSONDecoder().decode(TokenAnswer.self, from: Data(response.body))
        guard let answer, let secret = answer.secret else {
            throw error(.malformed, request, "answered \(response.status) without a usable token")
        }
        return Token(secret: secret, asked: asked, life: answer.life(answeredAt: response.headers[.date]))
    }

    private func refusal(_ response: Response, _ request: TokenRequest) -> String {
        let what =
            switch request.login {
            case .anonymous: "gives no token to the anonymous"
            case .identityToken: "refused the identity token"
            case .basic, .bearer: "refused the user name and password"
            }
        let remedy = request.login == .anonymous ? "name a credential" : "check the credential"
        return "\(what) (\(response.status)\(reason(response, request))); \(remedy)"
    }

    /// What the server says of it, cut, and without a secret that it may have sent back.
    private func reason(_ response: Response, _ request: TokenRequest) -> String {
        guard response.body.count <= 64 << 10,
            let complaint = try? JSONDecoder().decode(Complaint.self, from: Data(response.body)),
            let text = complaint.text
        else { return "" }
        return ": " + request.login.masked(text).printable(atMost: 200)
    }

    private func error(_ kind: AuthError.Kind, _ request: TokenRequest, _ what: String) -> AuthError {
        AuthError(kind, at: host, detail: "the token server \(request.message.address.origin) \(what)")
    }
}

extension RetryPolicy {
    /// For token servers, which everything else waits for: shorter waits, and none of minutes.
    static let tokens: RetryPolicy = {
        var policy = RetryPolicy()
        policy.cap = .seconds(8)
        policy.longestAsked = .seconds(60)
        return policy
    }()
}

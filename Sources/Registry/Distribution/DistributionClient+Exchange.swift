import HTTP
import HTTPTypes
import Logging
import OCI

/// What a request is for: the words of its errors, and the rights it needs.
struct Purpose: Sendable {
    var action: String
    var subject: String
    var scopes: Set<Scope>
    /// What reading it is; whatever is no GET or HEAD is a write.
    var reading = Turnstile.Action.look
    /// It is a manifest's PUT, which some registries bound by itself.
    var isPut = false
}

/// Which 401s of one try have been answered: the registry's first question, and one refusal.
struct Renewals {
    private var isAsked = false
    private var isRefused = false

    /// Whether another try with another proof is due, after a 401 to this one.
    mutating func allow(after proof: Authorization?) -> Bool {
        let isNew = proof == nil ? !isAsked : !isRefused
        if proof == nil { isAsked = true } else { isRefused = true }
        return isNew
    }
}

extension DistributionClient {
    /// Sends a request until it is answered: with the right proof, within the slots, again where it may help.
    ///
    /// What may pass (`RetryPolicy`) is thrown once the tries are used up, and so is a 401 to a fresh token;
    /// any other answer comes back, whatever its status.
    func exchange(_ request: Request, for purpose: Purpose) async throws(RegistryError) -> Response {
        var tried = 1
        return try await exchange(request, for: purpose, tried: &tried)
    }

    /// The same, as a part of what is itself tried again: its tries count there. The one under way has been
    /// counted.
    func exchange(_ request: Request, for purpose: Purpose, tried: inout Int)
        async throws(RegistryError) -> Response
    {
        while true {
            do { return try await turn(request, purpose) } catch {
                try await pause(tried: tried, error)
                tried += 1
            }
        }
    }

    /// One try. The proof is looked for once the slot is there: a token does not age in the queue.
    private func turn(_ request: Request, _ purpose: Purpose) async throws(RegistryError) -> Response {
        if purpose.isPut { try await keepPutPace(purpose) }
        let permit = try await enter(Turnstile.Wish(first: action(of: request, purpose)), purpose)
        let response: Response
        do { response = try await send(request, purpose) } catch {
            await leave(permit, Turnstile.Sign(error))
            throw error
        }
        await leave(permit, Turnstile.Sign(response))
        if purpose.isPut { await settings.putPace?.ended(isThrottled: response.status == 429) }
        guard response.status == 401 || RetryPolicy.isTransient(status: response.status) else {
            return response
        }
        throw failure(response, purpose)
    }

    /// Sends a request with what proves us, and with something fresher where that is refused.
    private func send(_ request: Request, _ purpose: Purpose) async throws(RegistryError) -> Response {
        var renewals = Renewals()
        while true {
            let proof = try await proof(for: purpose)
            let response = try await sendOnce(request, proof: proof, purpose)
            await showWarning(response)
            guard isQuestion(response), renewals.allow(after: proof) else { return response }
            try await renew(proof, after: response, for: purpose)
        }
    }

    private func sendOnce(_ request: Request, proof: Authorization?, _ purpose: Purpose)
        async throws(RegistryError) -> Response
    {
        try await keepRate(purpose)
        do {
            let response = try await transport.sendFollowing(prepared(request, proof: proof))
            trace(request, "\(response.status)")
            return response
        } catch let error as TransportError {
            trace(request, error.description)
            throw failure(error, purpose)
        } catch let error as RedirectError {
            throw malformed(purpose, "\(error)")
        } catch {
            throw RegistryError(.cancelled, at: place, while: purpose.action, purpose.subject)
        }
    }

    /// Each request and what came of it, for whoever looks for a fault; queries may be secret and are left out.
    func trace(_ request: Request, _ answer: @autoclosure () -> String) {
        logger.trace(
            "\(request.method.rawValue) \(request.address.redacted)",
            metadata: ["answer": "\(answer().printable(atMost: 200))"])
    }

    /// A request as it goes out: secrets go to the registry's own origin and nowhere else, wherever a
    /// `Location` may point.
    func prepared(_ request: Request, proof: Authorization?) -> Request {
        var request = request
        request.security = settings.security
        request.patience = settings.patience
        request.line = line
        request.headers[.userAgent] = UserAgent.value
        if request.address.origin == origin {
            if let proof { request.headers[.authorization] = proof.field.reveal() }
        } else {
            request.security.clientCertificate = nil
            request.security.clientKey = nil
            if request.address.origin.host != origin.host { request.security.skipsVerification = false }
        }
        return request
    }

    /// Waits before the next try, or throws the failure where there is none.
    func pause(tried: Int, _ failure: RegistryError) async throws(RegistryError) {
        let decision = settings.retry.decide(
            tried: tried, isTransient: failure.isTransient, asked: failure.retryAfter,
            dice: settings.time.chance())
        guard case .again(let time) = decision else { throw await settled(failure) }
        guard await turnstile.allowsRetry() else { throw await settled(failure.withoutRetry) }
        logger.debug("trying again", metadata: ["after": "\(time)", "failure": "\(failure)"])
        do { try await settings.time.sleep(time) } catch {
            throw RegistryError(.cancelled, at: place, while: failure.action, failure.subject)
        }
    }

    /// What to send now to prove who we are.
    func proof(for purpose: Purpose) async throws(RegistryError) -> Authorization? {
        do throws(AuthError) { return try await authorizer.authorization(for: purpose.scopes) } catch {
            throw failure(error, purpose)
        }
    }

    /// True of a 401 of the registry's own: what another host asks for is none of the registry's business. Of a token
    /// that has ended, ECR says that it is denied.
    func isQuestion(_ response: Response) -> Bool {
        guard response.origin == origin else { return false }
        return response.status == 401 || (response.status == 403 && ErrorBody(response).tellsOfAnEnd)
    }

    /// Gets a new proof after a 401; it is found by the next `proof(for:)`.
    func renew(_ proof: Authorization?, after response: Response, for purpose: Purpose)
        async throws(RegistryError)
    {
        let challenges = Challenge.all(in: response.headers)
        do throws(AuthError) {
            _ = try await authorizer.refused(proof, challenges: challenges, scopes: purpose.scopes)
        } catch {
            throw failure(error, purpose)
        }
    }

    /// A registry's remarks are shown once each (distribution-spec, "Warnings").
    func showWarning(_ response: Response) async {
        guard let warning = response.headers[.warning], warning.hasPrefix("299") else { return }
        let text = warning.printable(atMost: 300)
        if await traits.isNew(text) {
            logger.warning("the registry warns", metadata: ["registry": "\(place)", "text": "\(text)"])
        }
    }
}

extension HTTPField.Name {
    /// `Warning` (RFC 7234, section 5.5).
    static var warning: Self { .other("Warning") }
    /// The digest of what an answer is about (distribution-spec, "Pulling manifests").
    static var contentDigest: Self { .other("Docker-Content-Digest") }
    /// `Link` (RFC 8288).
    static var link: Self { .other("Link") }
    /// The smallest piece that an upload session takes (distribution-spec, "Pushing a blob in chunks").
    static var chunkMinimum: Self { .other("OCI-Chunk-Min-Length") }

    /// A name that is known to be right; were it not, it would be one that no answer has.
    private static func other(_ name: String) -> Self { Self(name) ?? .expect }
}

/// How davit calls itself.
public enum UserAgent {
    /// The version of davit.
    public static let version = "0.1.0"
    /// The field's value.
    public static let value = "davit/\(version)"
}

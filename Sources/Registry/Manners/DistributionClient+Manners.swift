import HTTP
import HTTPTypes
import Logging

extension DistributionClient {
    /// Which kind of request it is, as its registry sees it.
    func action(of request: Request, _ purpose: Purpose) -> Turnstile.Action {
        switch request.method {
        case .head: .look
        case .get: purpose.reading
        default: .write
        }
    }

    /// Waits for leave to send; throws where that makes no sense now.
    func enter(_ wish: Turnstile.Wish, _ purpose: Purpose) async throws(RegistryError) -> Turnstile.Permit {
        do throws(Turnstile.Refusal) { return try await turnstile.enter(wish) } catch {
            throw failure(error, purpose)
        }
    }

    /// Gives the leave back, and tells where the registry went down or came back by it.
    func leave(_ permit: Turnstile.Permit, _ sign: Turnstile.Sign) async {
        switch await turnstile.leave(permit, sign) {
        case .down:
            let cause = if case .lost(let cause) = sign.reach { cause } else { "" }
            logger.warning("\(place) is down (\(cause)); it is asked again every 30 s")
        case .back: logger.notice("\(place) answers again")
        case nil: break
        }
    }

    /// Waits for its turn under the ceiling on requests a second.
    func keepRate(_ purpose: Purpose) async throws(RegistryError) {
        guard let metronome else { return }
        do { try await metronome.beat() } catch {
            throw RegistryError(.cancelled, at: place, while: purpose.action, purpose.subject)
        }
    }

    /// Waits until the next manifest may be put.
    func keepPutPace(_ purpose: Purpose) async throws(RegistryError) {
        do { try await settings.putPace?.turn() } catch {
            throw RegistryError(.cancelled, at: place, while: purpose.action, purpose.subject)
        }
    }

    /// Does something with leave of this registry: a stream whose other end is no registry.
    func holding<Value: Sendable>(
        _ wish: Turnstile.Wish, _ purpose: Purpose, _ body: () async throws(RegistryError) -> Value
    ) async throws(RegistryError) -> Value {
        let permit = try await enter(wish, purpose)
        return try await ending(body) { [(self, permit, Turnstile.Sign(streaming: $0))] }
    }

    /// Does something with leave of both sides of a stream, which may be one registry.
    ///
    /// Two registries are entered in a fixed order, so that no two tasks ever wait for each other's place; at one
    /// registry both places are taken at once, for the same reason. A pause that the second one asks for is waited
    /// for with no place in hand: the first one has others to serve meanwhile.
    func withBoth<Value: Sendable>(
        _ source: DistributionClient, _ purpose: Purpose,
        _ body: () async throws(RegistryError) -> Value
    ) async throws(RegistryError) -> Value {
        guard source.turnstile !== turnstile else {
            return try await holding(
                Turnstile.Wish(first: .read, second: .write, isStream: true), purpose, body)
        }
        let isFirst = ObjectIdentifier(source.turnstile) < ObjectIdentifier(turnstile)
        let ends = [
            (source, Turnstile.Wish(first: .read, isStream: true)),
            (self, Turnstile.Wish(first: .write, isStream: true)),
        ]
        let ((outer, outerWish), (inner, innerWish)) = isFirst ? (ends[0], ends[1]) : (ends[1], ends[0])
        while true {
            let first = try await outer.enter(outerWish, purpose)
            let second: Turnstile.Permit
            do throws(Turnstile.Refusal) {
                second = try await inner.turnstile.enter(innerWish, isPatient: false)
            } catch {
                await outer.leave(first, Turnstile.Sign(reach: .unsure))
                guard case .busy = error else { throw inner.failure(error, purpose) }
                do throws(Turnstile.Refusal) {
                    try await inner.turnstile.awaitEnd(ofPauseFor: innerWish)
                } catch {
                    throw inner.failure(error, purpose)
                }
                continue
            }
            return try await ending(body) { error in
                [(outer, first), (inner, second)].map { client, permit in
                    let isTold = error == nil || error?.place == client.place
                    return (
                        client, permit,
                        isTold ? Turnstile.Sign(streaming: error) : Turnstile.Sign(reach: .unsure)
                    )
                }
            }
        }
    }

    private func ending<Value: Sendable>(
        _ body: () async throws(RegistryError) -> Value,
        _ signs: (RegistryError?) -> [(DistributionClient, Turnstile.Permit, Turnstile.Sign)]
    ) async throws(RegistryError) -> Value {
        do throws(RegistryError) {
            let value = try await body()
            for (client, permit, sign) in signs(nil) { await client.leave(permit, sign) }
            return value
        } catch {
            for (client, permit, sign) in signs(error) { await client.leave(permit, sign) }
            throw error
        }
    }

    /// A failure that is not tried again: where the registry is down by now, that is its cause.
    func settled(_ failure: RegistryError) async -> RegistryError {
        guard failure.isTransient, failure.place == place, let outage = await turnstile.outage() else {
            return failure
        }
        return failure.because(of: outage)
    }

    /// What it means that no leave was given.
    private func failure(_ refusal: Turnstile.Refusal, _ purpose: Purpose) -> RegistryError {
        var failure = RegistryError(.cancelled, at: place, while: purpose.action, purpose.subject)
        switch refusal {
        case .cancelled, .busy: break
        case .down(let outage): return failure.because(of: outage)
        case .paused(let left):
            failure.kind = .throttled
            failure.retryAfter = left
            failure.detail = "it asked for a pause, of which \(left.components.seconds) s are left"
        }
        return failure
    }
}

extension Turnstile.Sign {
    /// What an answer tells.
    init(_ response: Response) {
        switch response.status {
        case 503: self.init(reach: .lost("status 503"), isCongested: true, pause: response.retryAfter)
        case 429: self.init(isCongested: true, pause: response.retryAfter)
        case 408, 504: self.init(isCongested: true)
        default: self.init()
        }
        isSuccess = response.isSuccess
        quota = PullQuota(response.headers)
    }

    /// What a request that got no answer tells; no proof for it is the registry's fault, too.
    init(_ error: RegistryError) {
        switch error.kind {
        case .transport(.connect), .transport(.unknownHost), .transport(.broken), .unavailable:
            self.init(reach: .lost(error.cause))
        case .transport(.stalled): self.init(reach: .lost(error.cause), isCongested: true)
        default: self.init(reach: .unsure)
        }
    }

    /// What the end of a stream tells: there only a connection that never stood means that nobody is there.
    init(streaming error: RegistryError?) {
        switch error?.kind {
        case nil: self.init()
        case .transport(.connect), .transport(.unknownHost):
            self.init(reach: .lost(error?.cause ?? ""))
        case .throttled, .unavailable, .transport(.stalled):
            self.init(reach: .unsure, isCongested: true, pause: error?.retryAfter)
        default: self.init(reach: .unsure)
        }
    }
}

extension RegistryError {
    /// Why nobody was reached, in one line that is the same for all that met it.
    fileprivate var cause: String {
        kind == .unavailable ? detail : word + (detail.isEmpty ? "" : ": " + detail)
    }

    /// The failure of what needs a registry that is down.
    fileprivate func because(of outage: Outage) -> RegistryError {
        var failure = self
        (failure.kind, failure.detail, failure.outage) = (.down, outage.cause, outage)
        return failure
    }

    /// The same failure, where it is not tried again since there were too many retries.
    var withoutRetry: RegistryError {
        var failure = self
        failure.detail += (detail.isEmpty ? "" : "; ") + "not tried again: too many requests to it failed"
        return failure
    }
}

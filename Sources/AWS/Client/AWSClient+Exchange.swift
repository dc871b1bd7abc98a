import HTTP
import HTTPTypes
import Registry

extension AWSClient {
    /// What has been done about a call's failures so far.
    private struct Course {
        var tried = 1
        var hasNewKeys = false
        var hasNewTime = false
    }

    /// One try's end: an answer, or a failure and what it means.
    private enum Turn {
        case answered([UInt8])
        case failed(AWSError, FailureClass, Response?, AccessKeys?)
    }

    /// A full quota is not asked for again and again: it may be a throttle under the same name, so once.
    private static let quotaTries = 2

    /// Sends a request until it is answered or given up, and returns the answer's body.
    func answer(to action: String, _ request: Request) async throws(AWSError) -> [UInt8] {
        let gate = await ground.gates.gate(
            ActionGates.Key(
                origin: endpoint.address.origin, region: endpoint.signingRegion,
                action: "\(service.name).\(action)"))
        var course = Course()
        while true {
            switch try await turn(action, request, gate) {
            case .answered(let body): return body
            case .failed(let error, let failure, let response, let used):
                guard try await isMended(failure, response, used, &course) else {
                    try await pause(error, failure, gate, course)
                    course.tried += 1
                    continue
                }
            }
        }
    }

    /// One try. The keys come before the leave to send: to get them may take calls that go through the same door, as
    /// with roles on top of each other, and whoever holds a place there must not wait for another one.
    private func turn(_ action: String, _ request: Request, _ gate: ActionGate) async throws(AWSError) -> Turn
    {
        let used = try await keys?.keys()
        let number: UInt64
        do { number = try await gate.enter() } catch { throw failure(.cancelled, action, "") }
        let moment = await ground.serverClock.now
        let scope = SigningScope(service: service.name, region: endpoint.signingRegion)
        let signed = used.map { request.signed(with: $0, for: scope, at: moment) } ?? request
        let response: Response
        do { response = try await ground.transport.send(signed) } catch {
            await gate.leave(number, .other)
            return try unanswered(error, action)
        }
        if response.isSuccess {
            await gate.leave(number, .went)
            return .answered(response.body)
        }
        let isSkewed = ground.serverClock.isFar(response, from: moment)
        let answer = ErrorAnswer(response)
        let failure = FailureClass(
            code: answer.code, status: response.status, isRegistry: service == .ecr || service == .ecrPublic,
            isSkewed: isSkewed)
        await gate.leave(number, failure == .throttled || failure == .quota ? .throttled : .other)
        return .failed(refusal(action, answer, failure, response, used), failure, response, used)
    }

    private func unanswered(_ error: TransportError, _ action: String) throws(AWSError) -> Turn {
        if error.kind == .cancelled { throw failure(.cancelled, action, "") }
        return .failed(
            AWSError(.transport(error.kind), at: place, while: action, detail: error.description),
            error.isTransient ? .transient : .final, nil, nil)
    }

    /// Does what can be done at once about a failure, once each: a call with ended keys gets fresh ones, one with a
    /// wrong time the right one.
    private func isMended(
        _ failure: FailureClass, _ response: Response?, _ used: AccessKeys?, _ course: inout Course
    ) async throws(AWSError) -> Bool {
        if failure == .clock, !course.hasNewTime, let response {
            course.hasNewTime = true
            await ground.serverClock.set(by: response)
            return true
        }
        if failure == .keys, !course.hasNewKeys, let used, let keys {
            course.hasNewKeys = true
            await keys.refused(used)
            return try await keys.keys().id != used.id
        }
        return false
    }

    /// Waits before the next try, or throws the failure where there is none.
    private func pause(_ error: AWSError, _ failure: FailureClass, _ gate: ActionGate, _ course: Course)
        async throws(AWSError)
    {
        var policy = ground.retry
        if failure == .quota { policy.tries = min(policy.tries, Self.quotaTries) }
        let isTransient = failure == .throttled || failure == .quota || failure == .transient
        let decision = policy.decide(
            tried: course.tried, isTransient: isTransient, asked: error.retryAfter, dice: ground.time.chance()
        )
        guard case .again(let wait) = decision, await gate.allowsRetry() else { throw error }
        do { try await ground.time.sleep(wait) } catch {
            throw self.failure(.cancelled, "wait for another try", "")
        }
    }

    /// What a refusal is for people; whatever of the keys it repeats is taken out.
    private func refusal(
        _ action: String, _ answer: ErrorAnswer, _ failure: FailureClass, _ response: Response,
        _ used: AccessKeys?
    ) -> AWSError {
        var error = AWSError(
            Self.kind(failure), at: place, while: action, detail: used.hiding(answer.message),
            code: answer.code,
            status: response.status)
        error.requestID = answer.requestID
        error.retryAfter = response.retryAfter
        if answer.code == "ConditionalCheckFailedException" { error.answer = response.body }
        if error.detail.isEmpty {
            error.detail =
                failure == .denied
                ? "the keys have no right to \(service.name):\(action), or are wrong"
                : "status \(response.status)"
        }
        return error
    }

    private static func kind(_ failure: FailureClass) -> AWSError.Kind {
        switch failure {
        case .throttled: .throttled
        case .transient: .unavailable
        case .quota: .quota
        case .clock: .clock
        case .keys: .keysRefused
        case .denied: .denied
        case .final: .refused
        }
    }
}

extension AccessKeys? {
    /// A text of AWS's in one short line, without these keys.
    ///
    /// What it says of a wrong signature repeats the request, session token and all: that part is left out.
    func hiding(_ text: String) -> String {
        var text = text
        for start in ["The Canonical String", "The String-to-Sign", "canonical string", "String-to-Sign"] {
            if let range = text.firstRange(of: start) { text = String(text[..<range.lowerBound]) }
        }
        if let keys = self {
            let secrets = [keys.secret.reveal(), keys.sessionToken?.reveal() ?? "", keys.id]
            // Nothing shorter is a key of AWS's, and much would be hidden by it.
            for secret in secrets where secret.count >= 8 { text.replace(secret, with: "•••") }
        }
        return text.printable(atMost: 300)
    }
}

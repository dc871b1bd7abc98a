import FoundationEssentials
import HTTP
import HTTPTypes
import Registry

/// Calls to one service in one region, signed, paced and repeated where that makes sense.
public struct AWSClient: Sendable {
    /// The service.
    public let service: Service
    /// Where it is, and what its signatures are for.
    public let endpoint: Endpoint
    /// What requests are signed with; `nil`: they are not signed.
    let keys: (any KeySource)?
    let ground: AWSGround
    let security: Security

    /// A client of a service at an endpoint.
    public init(
        _ service: Service, at endpoint: Endpoint, keys: (any KeySource)?, on ground: AWSGround,
        security: Security = Security()
    ) {
        self.service = service
        self.endpoint = endpoint
        self.keys = keys
        self.ground = ground
        self.security = security
    }

    /// Calls an action of a service that speaks JSON.
    ///
    /// - Parameter answerLimit: how many bytes of an answer are read, at most.
    public func call<Input: Encodable, Answer: Decodable>(
        _ action: String, _ input: Input, as type: Answer.Type = Answer.self, answerLimit: Int = 16 << 20
    ) async throws(AWSError) -> Answer {
        let body: [UInt8]
        do { body = [UInt8](try JSONEncoder().encode(input)) } catch {
            throw failure(.malformed, action, "its input can't be written as JSON")
        }
        let answer = try await call(action, json: body, answerLimit: answerLimit)
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        do { return try decoder.decode(type, from: Data(answer)) } catch {
            throw failure(.malformed, action, "the answer lacks what it should hold")
        }
    }

    /// Calls an action of a service that speaks JSON, with an input that is written already.
    public func call(_ action: String, json body: [UInt8], answerLimit: Int = 16 << 20)
        async throws(AWSError) -> [UInt8]
    {
        guard case .json(let version, let prefix) = service.form else {
            throw failure(.setting, action, "\(service.name) does not speak JSON")
        }
        let headers: HTTPFields = [
            .contentType: "application/x-amz-json-\(version)", .amazonTarget: "\(prefix).\(action)",
        ]
        return try await answer(
            to: action, request(headers, body.isEmpty ? Array("{}".utf8) : body, answerLimit))
    }

    /// Calls an action of a service that takes a form, and returns the root of the XML that it answers with.
    func query(_ action: String, _ parameters: [(name: String, value: String)]) async throws(AWSError)
        -> XMLNode
    {
        guard case .query(let version) = service.form else {
            throw failure(.setting, action, "\(service.name) does not take forms")
        }
        let form = ([("Action", action), ("Version", version)] + parameters)
            .map { Address.encode($0.0) + "=" + Address.encode($0.1) }.joined(separator: "&")
            // As forms have it, and as AWS's own tools write it.
            .replacing("%20", with: "+")
        let headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded; charset=utf-8"]
        let body = try await answer(to: action, request(headers, Array(form.utf8), 1 << 20))
        do { return try XMLNode(parsing: body) } catch {
            throw failure(.malformed, action, "the answer is no XML")
        }
    }

    private func request(_ headers: HTTPFields, _ body: [UInt8], _ answerLimit: Int) -> Request {
        var request = Request(
            .post, endpoint.address, headers: headers, body: body, answerLimit: answerLimit,
            security: security,
            patience: Patience(whole: .seconds(120)))
        request.headers[.userAgent] = UserAgent.value
        return request
    }

    /// A failure of ours.
    func failure(_ kind: AWSError.Kind, _ action: String, _ detail: String) -> AWSError {
        AWSError(kind, at: place, while: action, detail: detail)
    }

    /// `ecr in eu-west-1`
    var place: String { "\(service.name) in \(endpoint.signingRegion)" }
}

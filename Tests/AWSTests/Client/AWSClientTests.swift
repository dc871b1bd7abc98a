import AWS
import Foundation
import HTTP
import HTTPTypes
import Lab
import Registry
import Testing

@Suite("AWSClient") struct AWSClientTests {
    private struct Input: Encodable { var maxResults = 1000 }
    private struct Answer: Decodable, Equatable { var names: [String] }

    private func client(
        _ service: Service = .ecr, keys: (any KeySource)? = FixedKeys(someKeys()), on ground: AWSGround
    ) throws -> AWSClient {
        AWSClient(service, at: Endpoint(of: service, in: try Region("eu-west-1")), keys: keys, on: ground)
    }

    @Test("a call is JSON with its target, signed")
    func call() async throws {
        let transport = ScriptedTransport { _, _ in Response(200, #"{"names":["a"],"more":1}"#) }
        let answer: Answer = try await client(on: .quick(transport)).call("DescribeRepositories", Input())
        #expect(answer == Answer(names: ["a"]))
        let request = try #require(transport.requests.first)
        #expect(request.address.description == "https://api.ecr.eu-west-1.amazonaws.com/")
        #expect(request.method == .post && request.text == #"{"maxResults":1000}"#)
        #expect(
            request.field("X-Amz-Target") == "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories")
        #expect(request.field("Content-Type") == "application/x-amz-json-1.1")
        let proof = try #require(request.headers[.authorization])
        #expect(
            proof.contains(
                "/eu-west-1/ecr/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target,"))
    }

    @Test(
        "what may go well another time is tried four times",
        arguments: [
            Response.refusal(400, "ThrottlingException"), .refusal(429, "Odd"), Response(500),
            Response(502, "<html>"),
            Response(503, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>"),
            Response(504),
            .refusal(400, "RequestTimeout"), .refusal(400, "ProvisionedThroughputExceededException"),
        ])
    func retries(response: Response) async throws {
        let waits = Guarded<[Duration]>([])
        let transport = ScriptedTransport { _, _ in response }
        let error = await #expect(throws: AWSError.self) {
            try await client(on: .quick(transport, waits: waits)).call("ListImages", json: [])
        }
        #expect(transport.requests.count == 4)
        #expect(error?.isTransient == true)
        let answered = ScriptedTransport { _, number in number < 4 ? response : Response(200, "{}") }
        #expect(try await client(on: .quick(answered)).call("ListImages", json: []) == Array("{}".utf8))
    }

    @Test(
        "what stays so is not tried again",
        arguments: [
            (Response.refusal(400, "RepositoryNotFoundException", "no such"), AWSError.Kind.refused),
            (.refusal(400, "AccessDeniedException", "not authorized to perform: ecr:ListImages"), .denied),
            (
                Response(
                    403, "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>"),
                .denied
            ),
            (Response(403), .denied), (Response(404, "{}"), .refused),
            (Response(400, "{\"__type\":5}"), .refused),
            (Response(301), .refused), (.refusal(400, "InvalidSignatureException"), .denied),
        ])
    func finals(response: Response, kind: AWSError.Kind) async throws {
        let transport = ScriptedTransport { _, _ in response }
        let error = await #expect(throws: AWSError.self) {
            try await client(on: .quick(transport)).call("ListImages", json: [])
        }
        #expect(error?.kind == kind && transport.requests.count == 1)
    }

    @Test("ECR's LimitExceededException may be a full quota: it is tried once more, a table's four times")
    func quota() async throws {
        let transport = ScriptedTransport { _, _ in .refusal(400, "LimitExceededException", "too many") }
        let error = await #expect(throws: AWSError.self) {
            try await client(on: .quick(transport)).call("CreateRepository", json: [])
        }
        #expect(error?.kind == .quota && transport.requests.count == 2)
        let table = ScriptedTransport { _, _ in .refusal(400, "LimitExceededException") }
        _ = await #expect(throws: AWSError.self) {
            try await client(.dynamoDB, on: .quick(table)).call("PutItem", json: [])
        }
        #expect(table.requests.count == 4)
    }

    @Test(
        "a wrong clock is set by the answer, once",
        arguments: [
            "RequestTimeTooSkewed", "InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired",
        ])
    func skew(code: String) async throws {
        let clock = SetClock(1_800_000_000)
        // Fri, 15 Jan 2027 10:00:00 GMT, two hours later
        let date = "Fri, 15 Jan 2027 10:00:00 GMT"
        let transport = ScriptedTransport { request, _ in
            request.field("X-Amz-Date") == "20270115T100000Z"
                ? Response(200, "{}") : .refusal(403, code, headers: [.date: date])
        }
        let ground = AWSGround.quick(transport, clock: clock)
        let client = try client(on: ground)
        _ = try await client.call("ListImages", json: [])
        #expect(transport.requests.count == 2)
        // From now on it is right at once.
        _ = try await client.call("ListImages", json: [])
        #expect(transport.requests.count == 3)
    }

    @Test("a clock that can't be put right ends in an error that says so")
    func hopelessClock() async throws {
        let transport = ScriptedTransport { _, number in
            .refusal(
                403, "RequestTimeTooSkewed", headers: [.date: "Fri, 15 Jan 20\(27 + number) 10:00:00 GMT"])
        }
        let error = await #expect(throws: AWSError.self) {
            try await client(on: .quick(transport)).call("ListImages", json: [])
        }
        #expect(error?.kind == .clock && transport.requests.count == 2)
    }

    private struct TwoKeys: KeySource {
        let current = Guarded(someKeys(1, token: "tok1"))
        let hasMore: Bool
        func keys() async throws(AWSError) -> AccessKeys { current.with { $0 } }
        func refused(_ keys: AccessKeys) async {
            if hasMore { current.with { $0 = someKeys(2, token: "tok2") } }
        }
    }

    @Test(
        "keys that have ended are renewed once",
        arguments: ["ExpiredTokenException", "UnrecognizedClientException"])
    func endedKeys(code: String) async throws {
        let transport = ScriptedTransport { request, _ in
            request.field("X-Amz-Security-Token") == "tok2" ? Response(200, "{}") : .refusal(400, code)
        }
        _ = try await client(keys: TwoKeys(hasMore: true), on: .quick(transport)).call("ListImages", json: [])
        #expect(transport.requests.count == 2)
        let other = ScriptedTransport { _, _ in .refusal(400, code) }
        let error = await #expect(throws: AWSError.self) {
            try await client(keys: TwoKeys(hasMore: false), on: .quick(other)).call("ListImages", json: [])
        }
        #expect(error?.kind == .keysRefused && other.requests.count == 1)
    }

    @Test("no error repeats a secret, whatever AWS says")
    func secrets() async throws {
        let keys = someKeys(token: "FwoGZXIvYXdzEBYaDHRva2Vu")
        let message =
            "The request signature we calculated does not match secret1key AKIATEST1 FwoGZXIvYXdzEBYaDHRva2Vu. "
            + "The Canonical String for this request should have been 'POST x-amz-security-token:FwoGZXIvYX"
        let transport = ScriptedTransport { _, _ in .refusal(403, "SignatureDoesNotMatch", message) }
        let error = await #expect(throws: AWSError.self) {
            try await client(keys: FixedKeys(keys), on: .quick(transport)).call("ListImages", json: [])
        }
        for text in [error?.description ?? "", String(reflecting: error)] {
            #expect(text.contains("does not match"))
            for secret in ["secret1key", "AKIATEST1", "FwoGZX"] { #expect(!text.contains(secret)) }
        }
    }

    @Test("a denial names the right that lacks, where AWS says nothing")
    func denial() async throws {
        let transport = ScriptedTransport { _, _ in Response(403) }
        let error = await #expect(throws: AWSError.self) {
            try await client(on: .quick(transport)).call("PutImage", json: [])
        }
        #expect(
            "\(try #require(error))"
                == "cannot PutImage at ecr in eu-west-1: denied (the keys have no right to ecr:PutImage, or are wrong)"
        )
    }

    @Test("an answer that is not what was wanted is malformed", arguments: ["", "[]", "{", "{}", "<a/>"])
    func malformed(text: String) async throws {
        let transport = ScriptedTransport { _, _ in Response(200, text) }
        let error = await #expect(throws: AWSError.self) {
            let _: Answer = try await client(on: .quick(transport)).call("ListImages", Input())
        }
        #expect(error?.kind == .malformed && transport.requests.count == 1)
    }

    @Test("a pause that is asked for is kept, and too long a one is not waited for")
    func retryAfter() async throws {
        let waits = Guarded<[Duration]>([])
        let transport = ScriptedTransport { _, number in
            number == 1
                ? .refusal(503, "ServiceUnavailable", headers: [.retryAfter: "7"]) : Response(200, "{}")
        }
        _ = try await client(on: .quick(transport, waits: waits)).call("ListImages", json: [])
        #expect(waits.with { $0 } == [.seconds(7) + .milliseconds(150)])
        let long = ScriptedTransport { _, _ in
            .refusal(503, "ServiceUnavailable", headers: [.retryAfter: "9999"])
        }
        _ = await #expect(throws: AWSError.self) {
            try await client(on: .quick(long)).call("ListImages", json: [])
        }
        #expect(long.requests.count == 1)
    }
}

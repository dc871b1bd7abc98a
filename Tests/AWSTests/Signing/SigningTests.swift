import AWS
import HTTP
import HTTPTypes
import Lab
import Registry
import Testing

@Suite("Signatures") struct SigningTests {
    private static let keys = AccessKeys(
        id: "AKIDEXAMPLE", secret: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), origin: "a test")
    /// 30 August 2015, 12:36:00
    private static let moment: Int64 = 1_440_938_160

    @Test(
        "known ones",
        arguments: [
            (HTTPRequest.Method.get, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            (.post, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        ])
    func vanilla(method: HTTPRequest.Method, signature: String) throws {
        let request = Request(method, try Address("https://example.amazonaws.com/"))
        let signed = request.signed(
            with: Self.keys, for: SigningScope(service: "service", region: "us-east-1"), at: Self.moment)
        #expect(
            signed.headers[.authorization]
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=host;x-amz-date, Signature=\(signature)")
        #expect(signed.headers[try #require(HTTPField.Name("X-Amz-Date"))] == "20150830T123600Z")
    }

    @Test("a second one takes the place of the first")
    func again() throws {
        let scope = SigningScope(service: "ecr", region: "eu-west-1")
        let request = Request(.post, try Address("https://example.amazonaws.com/"), body: [1, 2, 3])
        var keys = Self.keys
        keys.sessionToken = Secret("a token")
        let once = request.signed(with: Self.keys, for: scope, at: Self.moment)
        let twice = request.signed(with: keys, for: scope, at: 0).signed(
            with: Self.keys, for: scope, at: Self.moment)
        #expect(once.headers == twice.headers)
    }

    @Test("five thousand made requests as botocore signs them", .enabled(if: Judge.isInstalled))
    func differential() async throws {
        var random = Random(seed: 4)
        let cases = (0..<5000).map { _ in SigningCase(MadeRequest(random: &random)) }
        let verdict = try await Judge(script: "sign.py").judge(cases)
        #expect(verdict.output == "5000 requests, 0 differ\n", "\(verdict.errors.prefix(4000))")
    }

    @Test("what arrives is what was signed", .enabled(if: Judge.isInstalled))
    func wire() async throws {
        let server = try ScriptedServer { _ in ScriptedResponse(200) }
        let origin = try Address(server.url).origin
        let loop = try CurlLoop()
        var random = Random(seed: 5)
        var cases: [SigningCase] = []
        while cases.count < 500 {
            var made = MadeRequest(random: &random)
            guard made.parameters == nil else { continue }
            made.request.address = Address(origin: origin, target: made.request.address.target)
            // These belong to the transport, and a HEAD has no body.
            let hops = [
                "Expect", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade",
            ]
            for name in hops { made.request.headers[try #require(.init(name))] = nil }
            if made.request.method == .head { made.request.body = nil }
            let signed = made.request.signed(with: made.keys, for: made.scope, at: made.seconds)
            #expect(try await loop.send(signed).status == 200)
            cases.append(SigningCase(arrived: try #require(server.requests.last), at: origin, signedAs: made))
        }
        let verdict = try await Judge(script: "sign.py").judge(cases)
        #expect(verdict.output == "500 requests, 0 differ\n", "\(verdict.errors.prefix(4000))")
    }

    @Test("keys print no more than where they come from")
    func secrets() {
        var keys = Self.keys
        keys.sessionToken = Secret("hidden-token")
        var dumped = ""
        dump(keys, to: &dumped)
        for text in ["\(keys)", String(reflecting: keys), dumped] {
            #expect(!text.contains("AKID") && !text.contains("wJalr") && !text.contains("hidden-token"))
        }
    }
}

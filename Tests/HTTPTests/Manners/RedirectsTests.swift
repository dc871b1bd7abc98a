import HTTP
import HTTPTypes
import Lab
import Testing

@Suite("Redirects", .timeLimit(.minutes(3))) struct RedirectsTests {
    private static func secret(_ url: String) throws -> Request {
        Request(
            .get, try Address(url),
            headers: [.authorization: "Bearer x", .cookie: "a=b", .accept: "*/*", .proxyAuthorization: "p"],
            security: Security(
                caFile: "ca", clientCertificate: "c", clientKey: "k", skipsVerification: true))
    }

    private static func answer(_ location: String, _ status: Int = 307) -> Response {
        Response(status: status, headers: [.location: location])
    }

    @Test(
        "secrets stay where scheme, host or port change",
        arguments: [
            "https://b.example:5000/x", "https://a.example:5001/x", "https://a.example/x", "//b.example/",
        ])
    func drops(location: String) throws {
        let next = try Self.secret("https://a.example:5000/v2/").following(Self.answer(location))
        #expect(next.headers == [.accept: "*/*"])
        #expect(next.security.clientCertificate == nil && next.security.clientKey == nil)
        #expect(next.security.caFile == "ca")
        #expect(next.security.skipsVerification == (next.address.origin.host == "a.example"))
    }

    @Test("an upgrade to https is another origin too")
    func upgrade() throws {
        let next = try Self.secret("http://a.example/v2/").following(Self.answer("https://a.example/v2/"))
        #expect(next.headers[.authorization] == nil)
    }

    @Test("secrets go on to the same origin", arguments: ["/other", "https://a.example:5000/other", "other"])
    func keeps(location: String) throws {
        let next = try Self.secret("https://a.example:5000/v2/").following(Self.answer(location))
        #expect(next.headers[.authorization] == "Bearer x")
        #expect(next.security.clientCertificate == "c")
        #expect(next.security.skipsVerification)
    }

    @Test("says why one is not followed")
    func refuses() throws {
        let request = try Self.secret("https://a.example/")
        #expect(throws: RedirectError.noLocation) { try request.following(Response(status: 302)) }
        #expect(throws: RedirectError.downgrade(Origin(isSecure: false, host: "a.example"))) {
            try request.following(Self.answer("http://a.example/"))
        }
        #expect(
            throws: RedirectError.badLocation("the URL holds a user name or a password; use a Credential")
        ) {
            try request.following(Self.answer("https://me@a.example/"))
        }
    }

    @Test("a loop ends after five", arguments: [301, 302, 303, 307, 308])
    func loops(status: Int) async throws {
        let server = try ScriptedServer { _ in ScriptedResponse(status, headers: ["Location": "/again"]) }
        let loop = try CurlLoop()
        await #expect(throws: RedirectError.tooMany) {
            try await loop.sendFollowing(request(.get, server.url + "/start"))
        }
        #expect(server.requests.count == 6)
    }

    @Test("five in a row lead on, and the end's answer is the answer")
    func follows() async throws {
        let server = try ScriptedServer { request in
            request.number <= 5
                ? ScriptedResponse(307, headers: ["Location": "/\(request.number)"])
                : ScriptedResponse(body: request.method + " " + request.target)
        }
        let answer = try await CurlLoop().sendFollowing(request(.get, server.url + "/start"))
        #expect(String(decoding: answer.body, as: UTF8.self) == "GET /5")
    }

    @Test("what writes is not sent elsewhere", arguments: [HTTPRequest.Method.put, .post, .patch, .delete])
    func writes(method: HTTPRequest.Method) async throws {
        let server = try ScriptedServer { _ in ScriptedResponse(307, headers: ["Location": "/x"]) }
        let answer = try await CurlLoop().sendFollowing(request(method, server.url, body: [1]))
        #expect(answer.status == 307)
        #expect(server.requests.count == 1)
    }
}

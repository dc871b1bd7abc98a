import Foundation
import Lab
import Testing

@Suite("Scripted server") struct ScriptedServerTests {
    private func get(_ response: ScriptedResponse) throws -> RawAnswer {
        let server = try ScriptedServer { _ in response }
        return try RawClient(server.endpoint).send("GET", "/")
    }

    @Test("answers as its script says, in one piece or in chunks")
    func answers() throws {
        var response = ScriptedResponse(201, headers: ["X-A": "b"], body: "ahoy")
        #expect(try get(response).text == "ahoy")
        response.isChunked = true
        let chunked = try get(response)
        #expect(chunked.status == 201 && chunked.text == "ahoy" && chunked.headers["x-a"] == "b")
    }

    @Test("claims a wrong length, breaks off, trickles")
    func lies() throws {
        var response = ScriptedResponse(body: "0123456789")
        response.claimedLength = 20
        #expect(throws: LabError.self) { try get(response) }
        response.claimedLength = 4
        #expect(try get(response).text == "0123")
        response = ScriptedResponse(body: "0123456789")
        response.fault = .end(after: 3)
        #expect(throws: LabError.self) { try get(response) }
        response = ScriptedResponse()
        response.trickle = 0.001
        response.fault = nil
        response.headers["Content-Length"] = "5"
        #expect(try get(response).text == ".....")
    }

    @Test("remembers requests and reads their queries")
    func remembers() throws {
        let server = try ScriptedServer { request in
            ScriptedResponse(body: request.query("a b") ?? request.query("digest") ?? "none")
        }
        let client = RawClient(server.endpoint)
        #expect(
            try client.send("PUT", "/x?n=1&digest=sha256%3Aab", body: .bytes([1, 2])).text == "sha256:ab")
        #expect(try client.send("GET", "/x").text == "none")
        #expect(server.requests.map(\.body.count) == [2, 0])
        #expect(server.requests.map(\.number) == [1, 2])
    }

    @Test(
        "a target is read as what it asks for",
        arguments: [
            ("/v2/", Route.Kind.ping, nil, nil), ("/v2/_catalog?n=5", .catalog, nil, nil),
            ("/v2/a/b/tags/list", .tags, "a/b", nil), ("/v2/a/manifests/v1", .manifestByTag, "a", "v1"),
            ("/v2/a/manifests/sha256:ab", .manifestByDigest, "a", "sha256:ab"),
            ("/v2/a/manifests/sha256-ab", .manifestByDigestTag, "a", "sha256-ab"),
            ("/v2/a/blobs/sha256:ab", .blob, "a", "sha256:ab"),
            ("/v2/a/b/blobs/uploads/", .uploadStart, "a/b", nil),
            ("/v2/a/blobs/uploads/?mount=x&from=y", .mount, "a", nil),
            ("/v2/a/blobs/uploads/?digest=x", .uploadInOne, "a", nil),
            ("/v2/a/blobs/uploads/77?_state=z", .upload, "a", "77"),
            ("/v2/a/referrers/sha256:ab", .referrers, "a", "sha256:ab"), ("/token?x=y", .other, nil, nil),
        ] as [(String, Route.Kind, String?, String?)])
    func routes(target: String, kind: Route.Kind, repository: String?, reference: String?) {
        let route = Route(target)
        #expect(route.kind == kind)
        #expect(route.repository == repository)
        #expect(route.reference == reference)
    }

    @Test("requests can be held, stripped of a field, and their bodies stalled or cut")
    func onTheWayUp() throws {
        let server = try ScriptedServer { request in
            ScriptedResponse(body: "\(request.headers["X-A"] ?? "none") \(request.body.count)")
        }
        let cases: [(Verdict, String)] = [
            (.pass, "b 3"), (.dropFromRequest(header: "x-a"), "none 3"),
            (.request(.stall(after: 1, seconds: 0.1)), "b 3"), (.hold(seconds: 0.1), "b 3"),
        ]
        for (verdict, text) in cases {
            let proxy = try CountingProxy(to: server.endpoint) { _ in verdict }
            let answer = try RawClient(proxy.endpoint).send(
                "PUT", "/", headers: ["X-A": "b"], body: .bytes([1, 2, 3]))
            #expect(answer.text == text)
        }
        let cut = try CountingProxy(to: server.endpoint) { _ in .request(.end(after: 2)) }
        #expect(throws: LabError.self) {
            try RawClient(cut.endpoint).send("PUT", "/", body: .bytes([1, 2, 3]))
        }
        let set = try CountingProxy(to: server.endpoint) { _ in .set(responseHeader: "X-New", to: "1") }
        #expect(try RawClient(set.endpoint).send("GET", "/").headers["x-new"] == "1")
    }
}

import Foundation
import Lab
import Testing

@Suite("TLS, tokens, skopeo") struct AccessTests {
    private func token(_ server: TokenServer, _ scope: String, login: Login? = .captain) throws -> (
        Int, String
    ) {
        struct Given: Decodable { let token: String }
        let endpoint = try #require(Endpoint(server.realm))
        let answer = try RawClient(endpoint, login: login).send(
            "GET", "/token?service=harbour&scope=\(scope)")
        return (answer.status, (try? JSONDecoder().decode(Given.self, from: Data(answer.body)).token) ?? "")
    }

    @Test("a registry takes the tokens of its server, and no other")
    func tokens() throws {
        let server = try TokenServer()
        let registry = try DockerRegistry(.init { $0.tokens = server })
        let client = RawClient(registry.endpoint)
        let begin = { (token: String) in
            try client.send("POST", "/v2/lab/t/blobs/uploads/", headers: ["Authorization": "Bearer \(token)"])
        }
        #expect(try begin("").status == 401)
        let good = try token(server, "repository:lab/t:pull,push").1
        #expect(try begin(good).status == 202)
        let proxy = try CountingProxy(to: registry.endpoint) { server.refusal(of: $0) ?? .pass }
        server.revokeAll()
        let refused = try RawClient(proxy.endpoint).send(
            "GET", "/v2/", headers: ["Authorization": "Bearer \(good)"])
        #expect(refused.status == 401)
        #expect(refused.headers["Www-Authenticate"]?.contains("Bearer realm=\"\(server.realm)\"") == true)
        server.spoilNext()
        #expect(try begin(token(server, "repository:lab/t:pull,push").1).status == 401)
        #expect(try begin(token(server, "repository:lab/t:pull,push").1).status == 202)
        #expect(try token(server, "repository:lab/t:pull", login: nil).0 == 401)
        server.refuseLogins()
        #expect(try token(server, "repository:lab/t:pull").0 == 401)
        #expect(server.asked.count == 5)
    }

    @Test("TLS with its own authority, and with client certificates", arguments: [false, true])
    func tls(clientCertificates: Bool) async throws {
        let authority = try TestCA()
        let registry = try DockerRegistry(
            .init {
                $0.tls = authority
                $0.clientCertificates = clientCertificates
            })
        let door = try registry.backDoor()
        try Seeder(door.endpoint).push(Shape())
        let client = ["--cert", authority.clientCertificate, "--key", authority.clientKey]
        let words = ["-s", "--cacert", authority.certificate, "\(registry.url)/v2/lab/r001/tags/list"]
        let with = try await Program("curl", words + client).run()
        #expect(with.output.contains("v001"))
        let without = try await Program("curl", words).run()
        #expect((without.status == 0) == !clientCertificates)
    }

    @Test("skopeo reads what was made", .enabled(if: Skopeo.isInstalled))
    func skopeo() async throws {
        let (left, right) = try (DockerRegistry(), DockerRegistry())
        let maker = ImageMaker(Shape { $0.platforms = ["linux/amd64", "linux/arm64"] })
        let images = try [
            maker.image("lab/s", "v1"), maker.artifact("lab/s", "odd"), maker.emptyBlob("lab/s", "empty"),
        ]
        for image in images {
            try Seeder(left.endpoint).push(image)
            try Seeder(right.endpoint).push(image)
            let raw = try await Skopeo().raw("\(left.host)/lab/s:\(image.tag)")
            #expect(digest(of: Array(raw.utf8)) == image.digest)
        }
        let proxy = try CountingProxy(to: left.endpoint)
        #expect(try await Skopeo().raw("\(proxy.host)/lab/s:v1") == Skopeo().raw("\(left.host)/lab/s:v1"))
        #expect(proxy.counts["GET manifest by tag"] == 1)
        #expect(try await Skopeo().differences("\(left.host)/lab/s:v1", "\(right.host)/lab/s:v1") == [])
    }

    @Test("a program's end, output and cost are told")
    func programs() async throws {
        // Memory is looked at every 10 ms: a child that is gone before would be measured while it began.
        let script = "cat; echo oh >&2; sleep 0.3; exit 3"
        let outcome = try await Program("sh", ["-c", script], input: "ahoy").run()
        #expect(outcome.status == 3)
        #expect(outcome.output == "ahoy")
        #expect(outcome.errors == "oh\n")
        #expect(outcome.peakMemory > 100_000)
        let late = try await Program("sleep", ["30"]).run(timeout: 0.1)
        #expect(late.timedOut && late.status == 137)
        let running = try Program("sleep", ["30"]).start()
        running.signal(SIGTERM)
        #expect(try await running.end().status == 143)
    }
}

import HTTP
import Lab
import OCI
import Registry
import Testing

@Suite("Requests in trouble", .timeLimit(.minutes(3))) struct RetryTests {
    private let name = RepositoryName.named

    private func tags(_ lab: ClientLab) async -> RegistryError? {
        await failure { try await lab.client.tags(in: name("a")) }
    }

    @Test("what may pass is tried four times", arguments: [408, 425, 429, 500, 502, 503, 504])
    func transient(status: Int) async throws {
        let registry = try ScriptedRegistry { _ in .error(status, "UNKNOWN", "later") }
        let lab = try ClientLab(registry.url)
        let failure = await tags(lab)
        #expect(failure?.kind == (status == 429 ? .throttled : .unavailable) && failure?.isTransient == true)
        #expect(failure?.detail == "status \(status), UNKNOWN: later")
        #expect(registry.requests.count == 4 && lab.waits.count == 3)
    }

    @Test("an upload that is part of a copy is tried four times in all")
    func uploadTries() async throws {
        let registry = try ScriptedRegistry { $0.method == "PUT" ? .error(503, "UNAVAILABLE") : nil }
        let lab = try ClientLab(registry.url)
        let blob = MadeBlob(Array("cargo".utf8))
        let failure = await failure {
            try await lab.client.putBlob(
                blob.described, from: .bytes(try blob.bytes), in: name("a"), mounting: nil)
        }
        #expect(failure?.kind == .unavailable && lab.waits.count == 3)
        #expect(registry.requests.filter { $0.method == "PUT" }.count == 4)
    }

    @Test("what passes in time is no failure")
    func passes() async throws {
        let registry = try ScriptedRegistry {
            $0.number < 4 ? .error(503, "X") : .json(200, #"{"tags":["a"]}"#)
        }
        #expect(try await ClientLab(registry.url).client.tags(in: name("a")) == .tags(["a"]))
    }

    @Test("what will not pass is tried once", arguments: [400, 403, 405, 409, 413, 501])
    func final(status: Int) async throws {
        let registry = try ScriptedRegistry { _ in .error(status, "UNKNOWN") }
        let lab = try ClientLab(registry.url)
        #expect(await tags(lab)?.isTransient == false)
        #expect(registry.requests.count == 1 && lab.waits.isEmpty)
    }

    @Test("waits as long as the registry asks, in both forms")
    func asked() async throws {
        let registry = try ScriptedRegistry { request in
            let headers: [Headers] = [
                ["Retry-After": "17"],
                ["Retry-After": "Sun, 06 Nov 1994 08:50:07 GMT", "Date": "Sun, 06 Nov 1994 08:49:37 GMT"],
            ]
            return request.number < 3
                ? ScriptedResponse(429, headers: headers[request.number - 1]) : .json(200, "{}")
        }
        let lab = try ClientLab(registry.url)
        #expect(await tags(lab) == nil)
        #expect(lab.waits.count == 2)
        #expect((Duration.seconds(17)...Duration.seconds(18)).contains(lab.waits[0]))
        #expect((Duration.seconds(30)...Duration.seconds(31)).contains(lab.waits[1]))
    }

    @Test("a wait that can't be borne is told, not waited")
    func unbearable() async throws {
        let registry = try ScriptedRegistry { _ in ScriptedResponse(429, headers: ["Retry-After": "86400"]) }
        let lab = try ClientLab(registry.url)
        let failure = await tags(lab)
        #expect(failure?.kind == .throttled && failure?.retryAfter == .seconds(86_400))
        #expect(failure?.detail == "status 429, it asks to wait 86400 s")
        #expect(registry.requests.count == 1 && lab.waits.isEmpty)
    }

    @Test("nobody at home, after four knocks")
    func refused() async throws {
        let url = try ScriptedRegistry().url
        let lab = try ClientLab(url)
        let failure = await tags(lab)
        #expect(failure?.kind == .transport(.connect) && lab.waits.count == 3)
        #expect(
            failure?.description.hasPrefix("cannot list tags a at \(url.dropFirst(7)): no connection (")
                == true)
    }

    @Test(
        "an error's own words come through, tame",
        arguments: [
            (
                #"{"errors":[{"code":"DENIED","message":"no\u001b[31m way","detail":{"a":1}},{"code":"X","detail":"why"}]}"#,
                "status 400, DENIED: no [31m way; X: why"
            ),
            ("<html>\u{1B}[2J</html>", "status 400"), ("", "status 400"), (#"{"errors":null}"#, "status 400"),
            (#"{"errors":[{"code":7}]}"#, "status 400"), (#"{"errors":[]}"#, "status 400"),
            (#"{"errors":[{"message":"\u202E\u2028x"}]}"#, "status 400,   x"),
        ])
    func words(body: String, detail: String) async throws {
        let registry = try ScriptedRegistry { _ in ScriptedResponse(400, body: body) }
        let failure = await tags(try ClientLab(registry.url))
        #expect(failure?.detail.hasPrefix(detail) == true)
        #expect(
            failure?.description.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 0x202E } == true)
    }

    @Test("a text without end is cut")
    func long() async throws {
        let text = String(repeating: "x", count: 20_000)
        let registry = try ScriptedRegistry { _ in .error(400, "UNKNOWN", text) }
        #expect((await tags(try ClientLab(registry.url))?.detail.count ?? 0) < 400)
    }

    @Test("a hostile address in an answer is told, tame")
    func hostileLocation() async throws {
        let registry = try ScriptedRegistry { _ in
            ScriptedResponse(307, headers: ["Location": "ftp://x/\u{1B}[31m"])
        }
        let failure = await tags(try ClientLab(registry.url))
        #expect(failure?.kind == .malformed && failure?.detail.contains("\u{1B}") == false)
    }

    @Test("a redirect loop ends")
    func redirects() async throws {
        let registry = try ScriptedRegistry { _ in ScriptedResponse(307, headers: ["Location": "/v2/again"]) }
        let failure = await tags(try ClientLab(registry.url))
        #expect(failure?.detail == "more than 5 redirects" && registry.requests.count == 6)
    }

    @Test("a registry's remark is told once")
    func warnings() async throws {
        let registry = try ScriptedRegistry(RegistryKnobs { $0.warning = "the harbour closes soon" })
        try registry.hold(ImageMaker().image("a", "v1"))
        let lab = try ClientLab(registry.url)
        for _ in 0..<3 { _ = try await lab.client.tags(in: name("a")) }
        #expect(lab.log.warnings == [#"299 - "the harbour closes soon""#])
        registry.turn { $0.warning = "it is closed" }
        _ = try await lab.client.resolve(.tag("v1"), in: name("a"))
        #expect(lab.log.warnings.count == 2)
    }
}

import Foundation
import Lab
import Testing

@Suite("Proxy faults") struct FaultTests {
    private let registry: DockerRegistry
    private let blob: MadeBlob

    init() throws {
        registry = try DockerRegistry()
        blob = try MadeBlob.layer("fault", size: 200_000)
        try Seeder(registry.endpoint).push(blob, to: "lab/a")
    }

    private func fetch(_ verdict: Verdict) throws -> (answer: RawAnswer?, record: ProxyRecord?) {
        let proxy = try CountingProxy(to: registry.endpoint) { $0.kind == "GET blob" ? verdict : .pass }
        let answer = try? RawClient(proxy.endpoint).send("GET", "/v2/lab/a/blobs/\(blob.digest)")
        return (answer, proxy.records.first)
    }

    @Test("what passes is whole")
    func passes() throws {
        let (answer, record) = try fetch(.pass)
        #expect(try answer?.body == blob.bytes)
        #expect(record?.bytesDown == blob.size)
        #expect(record?.route.repository == "lab/a")
    }

    @Test("an answer can be broken off, cut short, changed or held up")
    func breaksAnswers() throws {
        let reset = try fetch(.response(.reset(after: 1_000)))
        #expect(reset.answer == nil)
        #expect(reset.record?.bytesDown == 1_000)
        let cut = try fetch(.response(.end(after: 5_000)))
        #expect(cut.answer == nil)
        #expect(cut.record?.bytesDown == 5_000)
        let changed = try fetch(.response(.corrupt(at: 77)))
        let wrong = try zip(changed.answer?.body ?? [], blob.bytes).filter { $0 != $1 }.count
        #expect(wrong == 1)
        let began = Date()
        #expect(try fetch(.response(.stall(after: 1, seconds: 0.2))).answer?.body.count == blob.size)
        #expect(Date().timeIntervalSince(began) >= 0.2)
        #expect(try fetch(.swallowAnswer).answer == nil)
        #expect(try fetch(.request(.reset(after: 0))).answer == nil)
    }

    @Test("an answer can be the proxy's own, or come without a field")
    func answersItself() throws {
        let busy = try fetch(.answer(429, headers: ["Retry-After": "3"])).answer
        #expect(busy?.status == 429)
        #expect(busy?.headers["retry-after"] == "3")
        #expect(
            try fetch(.redirect(to: "http://127.0.0.2/x")).answer?.headers["Location"] == "http://127.0.0.2/x"
        )
        #expect(try fetch(.pass).answer?.headers.contains("Docker-Content-Digest") == true)
        let bare = try fetch(.drop(responseHeader: "docker-content-digest")).answer
        #expect(bare?.headers.contains("Docker-Content-Digest") == false)
    }

    @Test("an upload whose answer is swallowed is there; one that broke off is not")
    func breaksUploads() throws {
        let verdict = Guarded(Verdict.pass)
        let proxy = try CountingProxy(to: registry.endpoint) { request in
            request.kind == "PUT upload" ? verdict.with { $0 } : .pass
        }
        let faults: [(Verdict, Bool)] = [
            (.request(.reset(after: 70_000)), false), (.request(.corrupt(at: 9)), false),
            (.swallowAnswer, true),
        ]
        for (place, (fault, isThere)) in faults.enumerated() {
            verdict.with { $0 = fault }
            let blob = try MadeBlob.layer("up\(place)", size: 150_000)
            #expect(throws: LabError.self) { try Seeder(proxy.endpoint).push(blob, to: "lab/b") }
            let status = try RawClient(registry.endpoint).send("HEAD", "/v2/lab/b/blobs/\(blob.digest)")
                .status
            #expect((status == 200) == isThere)
        }
    }

    @Test("secrets are seen and never kept; chunks pass; an early refusal is passed on")
    func notices() throws {
        let proxy = try CountingProxy(to: registry.endpoint)
        let client = RawClient(proxy.endpoint, login: .captain)
        let start = try client.send("POST", "/v2/lab/c/blobs/uploads/", headers: ["Cookie": "a=b"])
        let location = try #require(start.headers["Location"])
        let path = try String(
            #require(location.range(of: "/v2/")).lowerBound.samePosition(in: location).map { location[$0...] }
                ?? "")
        let bytes = try blob.bytes
        let patch = try client.send("PATCH", path, body: .chunked(bytes, size: 4_096))
        #expect(patch.status == 202)
        #expect(proxy.records.map(\.authorization) == ["Basic", "Basic"])
        #expect(proxy.records.map(\.hasCookie) == [true, false])
        #expect(proxy.records[1].bytesUp == bytes.count)
        let huge = try MadeBlob.layer("huge", size: 20 << 20)
        let answer = try client.send("PUT", "/v2/lab/c/manifests/x", body: .blob(huge))
        #expect(answer.status == 400)
    }
}

import HTTP
import Lab
import OCI
import Testing

@testable import Registry

@Suite("Blobs that break", .timeLimit(.minutes(3))) struct ResumeTests {
    private let blob: MadeBlob
    private let source: ScriptedRegistry
    private let repository: RepositoryName
    private static let mebibyte = 1 << 20

    init() throws {
        blob = try MadeBlob.layer("resumed", size: 24 << 20)
        source = try ScriptedRegistry()
        try source.hold(MadeImage(repository: "a", tag: "x", blobs: [blob], manifests: []))
        repository = try RepositoryName("a")
    }

    private func copy(from url: String, to lab: ClientLab, patience: Patience = Patience()) async throws
        -> BlobArrival
    {
        let client = try ClientLab(url) { $0.patience = patience }.client
        return try await lab.client.putBlob(
            blob.described, from: client.blob(blob.described.digest, in: repository), in: repository,
            mounting: nil)
    }

    /// A proxy whose answers to GETs of blobs are spoilt by what stands for their number, from 1.
    private func spoilt(_ registry: ScriptedRegistry, _ verdicts: [Int: Verdict], method: String = "GET")
        throws -> CountingProxy
    {
        let count = Guarded(0)
        return try CountingProxy(to: registry.endpoint) { request in
            guard request.method == method, request.kind != "GET upload" else { return .pass }
            let number = count.with {
                $0 += 1
                return $0
            }
            return verdicts[number] ?? .pass
        }
    }

    /// A client whose waits end once the registry has seen that a body broke off.
    private func attentive(_ url: String, _ registry: ScriptedRegistry, chunkSize: Int64? = nil) throws
        -> ClientLab
    {
        try ClientLab(url) {
            $0.chunkSize = chunkSize
            $0.time.sleep = { _ in
                while registry.brokenRequests == 0 {
                    try await Task.sleep(for: .milliseconds(2))
                }
            }
        }
    }

    @Test("ten breaks of the source are one upload, and hardly a byte read twice")
    func tenBreaks() async throws {
        let fault = Verdict.response(.end(after: 2 * Self.mebibyte))
        let from = try spoilt(source, Dictionary(uniqueKeysWithValues: (1...10).map { ($0, fault) }))
        let registry = try ScriptedRegistry()
        #expect(try await copy(from: from.url, to: ClientLab(registry.url)) == .uploaded)
        #expect(registry.requests.map(\.method) == ["POST", "PUT"])
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
        #expect(from.counts["GET blob"] == 11)
        #expect(from.counts.bytesDown <= blob.size + 10 * (64 << 10))
    }

    @Test("a source that comes on no further is given up after four tries")
    func noProgress() async throws {
        let from = try CountingProxy(to: source.endpoint) { request in
            guard request.method == "GET" else { return .pass }
            return request.headers["Range"] == nil ? .response(.end(after: 5000)) : .answer(503)
        }
        let registry = try ScriptedRegistry()
        let failure = await failure { try await copy(from: from.url, to: ClientLab(registry.url)) }
        #expect(failure?.side == .source)
        #expect(from.counts["GET blob"] == 4)
        #expect(registry.blob(blob.digest, in: "a") == nil)
    }

    @Test("a redirect that has run out is asked for again at the registry")
    func redirects() async throws {
        let bytes = try blob.bytes
        let storage = try ScriptedServer { request in
            guard request.target == "/signed/\(request.number)" else { return ScriptedResponse(403) }
            let first = request.headers["Range"].flatMap { Int($0.split { !$0.isNumber }[0]) } ?? 0
            var response = ScriptedResponse(first > 0 ? 206 : 200, body: Array(bytes[first...]))
            if request.number < 3 { response.fault = .end(after: 4 << 20) }
            return response
        }
        source.setScript { request in
            guard request.method == "GET" else { return nil }
            return ScriptedResponse(
                307, headers: ["Location": "\(storage.url)/signed/\(storage.requests.count + 1)"])
        }
        let registry = try ScriptedRegistry()
        #expect(try await copy(from: source.url, to: ClientLab(registry.url)) == .uploaded)
        #expect(registry.requests.map(\.method) == ["POST", "PUT"])
        #expect(source.requests.count == 3 && storage.requests.count == 3)
        #expect(registry.blob(blob.digest, in: "a") == bytes)
    }

    @Test("a source that falls silent in mid-blob is read on")
    func stalls() async throws {
        let from = try spoilt(source, [1: .response(.stall(after: 9 << 20, seconds: 30))])
        let registry = try ScriptedRegistry()
        let patience = Patience(stall: .milliseconds(700))
        let lab = try ClientLab(registry.url) { $0.patience = patience }
        #expect(try await copy(from: from.url, to: lab, patience: patience) == .uploaded)
        #expect(registry.requests.map(\.method) == ["POST", "PUT"])
        #expect(from.counts["GET blob"] == 2)
    }

    @Test("a destination that breaks gets the rest, and no byte that it has")
    func destinationBreaks() async throws {
        let registry = try ScriptedRegistry()
        let to = try spoilt(registry, [1: .request(.end(after: 9 << 20))], method: "PUT")
        let from = try spoilt(source, [:])
        #expect(try await copy(from: from.url, to: attentive(to.url, registry)) == .uploaded)
        #expect(
            to.records.map(\.kind) == [
                "POST upload start", "PUT upload", "HEAD blob", "GET upload", "PATCH upload", "PUT upload",
            ])
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
        let got = registry.requests.filter { $0.method == "PUT" || $0.method == "PATCH" }.map(\.body.count)
        #expect(got[0] > 8 << 20 && got.reduce(0, +) == blob.size)
        #expect(from.records.count == 2)
    }

    @Test("a registry that keeps nothing of what broke gets a new upload")
    func lost() async throws {
        let registry = try ScriptedRegistry(RegistryKnobs { $0.keepsBrokenUploads = false })
        let to = try spoilt(registry, [1: .request(.end(after: 9 << 20))], method: "PUT")
        #expect(try await copy(from: source.url, to: attentive(to.url, registry)) == .uploaded)
        #expect(
            to.records.map(\.kind) == [
                "POST upload start", "PUT upload", "HEAD blob", "GET upload", "POST upload start",
                "PUT upload",
            ])
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
    }

    @Test("a registry that keeps what broke and then loses it is given up after four tries")
    func keptAndLost()
        async throws
    {
        let registry = try ScriptedRegistry()
        let struck = Guarded(0)
        let to = try CountingProxy(to: registry.endpoint) { request in
            guard request.method == "PUT" || request.method == "PATCH" else { return .pass }
            // Without an end of its own the client would go on for ever.
            guard
                struck.with({
                    $0 += 1; return $0 <= 12
                })
            else { return .pass }
            if request.method == "PATCH" { registry.loseUploads() }
            return .request(.end(after: request.method == "PATCH" ? 1 << 20 : 9 << 20))
        }
        let failure = await failure { try await copy(from: source.url, to: attentive(to.url, registry)) }
        #expect(failure != nil)
        #expect(struck.with { $0 } <= 6)
    }

    @Test("a real registry that loses what broke gets a new upload")
    func lostForReal() async throws {
        let registry = try DockerRegistry()
        let struck = Guarded(false)
        let to = try CountingProxy(to: registry.endpoint) { request in
            guard request.method == "PUT" else { return .pass }
            return struck.with { done in
                defer { done = true }
                return done ? .pass : .request(.end(after: 9 << 20))
            }
        }
        #expect(try await copy(from: source.url, to: ClientLab(to.url)) == .uploaded)
        let answer = try RawClient(registry.endpoint).send("GET", "/v2/a/blobs/\(blob.digest)")
        #expect(try answer.body == blob.bytes)
        #expect(to.counts["POST upload start"] == 2)
    }

    @Test("bytes that turn out wrong behind a break begin the blob anew, and are right at the end")
    func wrongBehindBreak() async throws {
        let registry = try ScriptedRegistry()
        let to = try spoilt(registry, [1: .request(.end(after: 9 << 20))], method: "PUT")
        let from = try spoilt(source, [2: .response(.corrupt(at: 1000))])
        #expect(try await copy(from: from.url, to: attentive(to.url, registry)) == .uploaded)
        #expect(
            to.records.map(\.kind) == [
                "POST upload start", "PUT upload", "HEAD blob", "GET upload", "PATCH upload", "PUT upload",
                "HEAD blob", "DELETE upload", "POST upload start", "PUT upload",
            ])
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
    }

    @Test("a blob that breaks and turns out wrong again and again comes to an end")
    func neverRight() async throws {
        let registry = try ScriptedRegistry()
        let to = try CountingProxy(to: registry.endpoint) { request in
            request.method == "PUT" && registry.requests.last?.method != "PATCH"
                ? .request(.end(after: 9 << 20)) : .pass
        }
        let from = try CountingProxy(to: source.endpoint) { request in
            request.headers.contains("Range") ? .response(.corrupt(at: 1000)) : .pass
        }
        let failure = await failure { try await copy(from: from.url, to: attentive(to.url, registry)) }
        #expect(failure?.kind == .wrongBytes || failure?.kind == .transport(.broken))
        #expect(to.counts["POST upload start"] <= 4)
        #expect(registry.blob(blob.digest, in: "a") == nil)
    }

    @Test("pieces go on after the last one that was taken, from one reading of the source")
    func pieces() async throws {
        let registry = try ScriptedRegistry()
        let to = try spoilt(registry, [3: .request(.end(after: 1 << 20))], method: "PATCH")
        let from = try spoilt(source, [:])
        let lab = try attentive(to.url, registry, chunkSize: 5 << 20)
        #expect(try await copy(from: from.url, to: lab) == .uploaded)
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
        #expect(from.records.count == 2)
        #expect(to.counts["POST upload start"] == 1)
    }

    @Test(
        "no answer of the destination makes davit believe in bytes that it did not send",
        arguments: ["0-99999999999", "0-0", "x"])
    func absurdRange(range: String) async throws {
        let registry = try ScriptedRegistry()
        let status = Guarded(false)
        registry.setScript { request in
            guard request.method == "GET" else { return nil }
            status.with { $0 = true }
            return ScriptedResponse(204, headers: ["Location": request.path, "Range": range])
        }
        let to = try spoilt(registry, [1: .request(.end(after: 9 << 20))], method: "PUT")
        #expect(try await copy(from: source.url, to: attentive(to.url, registry)) == .uploaded)
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
        #expect(status.with { $0 } && to.counts["POST upload start"] == 2)
    }
}

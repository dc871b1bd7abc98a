import HTTP
import Lab
import OCI
import Testing

@testable import Registry

@Suite("Transfers", .timeLimit(.minutes(3))) struct TransferTests {
    private static let registries = Result { (try DockerRegistry(), try DockerRegistry()) }
    private let name = RepositoryName.named
    private let source: DockerRegistry
    private let destination: DockerRegistry

    init() throws { (source, destination) = try Self.registries.get() }

    /// A blob at the source, in a repository of its own.
    private func seeded(_ name: String, size: Int = 300_000) throws -> MadeBlob {
        let blob = try MadeBlob.layer(name, size: size)
        try Seeder(source.endpoint).push(blob, to: name)
        return blob
    }

    private func copy(
        _ blob: MadeBlob, _ name: String, from: String? = nil, to: ClientLab, mounting: String? = nil
    ) async throws -> BlobArrival {
        let client = try ClientLab(from ?? source.url) { $0.patience = to.client.settings.patience }.client
        let repository = try RepositoryName(name)
        return try await to.client.putBlob(
            blob.described, from: client.blob(blob.described.digest, in: repository), in: repository,
            mounting: mounting.map { try RepositoryName($0) })
    }

    private func isThere(_ blob: MadeBlob, _ name: String) throws -> Bool {
        let answer = try RawClient(destination.endpoint).send("GET", "/v2/\(name)/blobs/\(blob.digest)")
        return try answer.status == 200 && answer.body == blob.bytes
    }

    @Test("go from registry to registry by one POST and one PUT", arguments: [0, 1, 20_000, 12 << 20])
    func plain(size: Int) async throws {
        let blob =
            size < 2
            ? MadeBlob([UInt8](repeating: 1, count: size)) : try MadeBlob.layer("p\(size)", size: size)
        try Seeder(source.endpoint).push(blob, to: "plain/s\(size)")
        let proxy = try CountingProxy(to: destination.endpoint)
        #expect(try await copy(blob, "plain/s\(size)", to: ClientLab(proxy.url)) == .uploaded)
        #expect(try isThere(blob, "plain/s\(size)"))
        #expect(proxy.records.map(\.kind) == ["POST upload start", "PUT upload"])
    }

    @Test("by sha512 too")
    func sha512() async throws {
        let blob = try MadeBlob.layer("sha512", size: 90_000, by: .sha512)
        let (from, to) = try (ScriptedRegistry(), ScriptedRegistry())
        try from.hold(MadeImage(repository: "a", tag: "x", blobs: [blob], manifests: []))
        #expect(try await copy(blob, "a", from: from.url, to: ClientLab(to.url)) == .uploaded)
        #expect(try to.blob(blob.digest, in: "a") == blob.bytes)
    }

    @Test("a mount that is granted moves nothing; one that is not gives its session to the upload")
    func mounts() async throws {
        let blob = try seeded("mounts/a")
        let proxy = try CountingProxy(to: destination.endpoint)
        let lab = try ClientLab(proxy.url)
        #expect(try await copy(blob, "mounts/a", to: lab, mounting: "mounts/none") == .uploaded)
        #expect(proxy.records.map(\.kind) == ["POST mount", "PUT upload"])
        proxy.reset()
        let from = try ClientLab(source.url).client
        let arrival = try await lab.client.putBlob(
            blob.described, from: from.blob(blob.described.digest, in: name("mounts/a")),
            in: name("mounts/b"),
            mounting: name("mounts/a"))
        #expect(arrival == .mounted)
        #expect(proxy.records.map(\.kind) == ["POST mount"] && proxy.counts.uploadBytes == 0)
    }

    @Test("a mount that is forbidden is no failure", arguments: [400, 401, 403, 404, 405])
    func deniedMounts(status: Int) async throws {
        let blob = try seeded("denied/s\(status)")
        let proxy = try CountingProxy(to: destination.endpoint) {
            guard $0.route.kind == .mount else { return .pass }
            return .answer(status, headers: ["WWW-Authenticate": "Basic realm=x"])
        }
        let arrival = try await copy(blob, "denied/s\(status)", to: ClientLab(proxy.url), mounting: "x/y")
        #expect(arrival == .uploaded)
        #expect(proxy.records.suffix(2).map(\.kind) == ["POST upload start", "PUT upload"])
    }

    @Test("a session that is lost is opened anew")
    func lostSession() async throws {
        let blob = try seeded("lost/a")
        let puts = Guarded(0)
        let proxy = try CountingProxy(to: destination.endpoint) { request in
            guard request.method == "PUT" else { return .pass }
            let number = puts.with {
                $0 += 1
                return $0
            }
            return number == 1 ? .answer(.error(404, "BLOB_UPLOAD_UNKNOWN")) : .pass
        }
        let lab = try ClientLab(proxy.url)
        #expect(try await copy(blob, "lost/a", to: lab) == .uploaded)
        #expect(try isThere(blob, "lost/a"))
        #expect(
            proxy.records.map(\.kind) == [
                "POST upload start", "PUT upload", "HEAD blob", "POST upload start", "PUT upload",
            ])
        #expect(lab.waits.count == 1)
    }

    @Test("one lost session is opened anew from memory too")
    func lostSessionInMemory() async throws {
        let registry = try ScriptedRegistry()
        registry.setScript { [weak registry] request in
            if request.method == "PUT", request.number == 2 { registry?.loseUploads() }
            return nil
        }
        let blob = MadeBlob(Array("small".utf8))
        let arrival = try await ClientLab(registry.url).client.putBlob(
            blob.described, from: .bytes(blob.bytes), in: name("a"), mounting: nil)
        #expect(try arrival == .uploaded && registry.blob(blob.digest, in: "a") == blob.bytes)
    }

    @Test("a PUT that was applied without an answer is not sent twice")
    func unacknowledged() async throws {
        let blob = try seeded("unacknowledged/b")
        let proxy = try CountingProxy(to: destination.endpoint) {
            $0.method == "PUT" ? .swallowAnswer : .pass
        }
        #expect(try await copy(blob, "unacknowledged/b", to: ClientLab(proxy.url)) == .uploaded)
        #expect(proxy.records.map(\.kind) == ["POST upload start", "PUT upload", "HEAD blob"])
        #expect(proxy.counts.uploadBytes == blob.size)
    }

    @Test(
        "faults on either way pass with another try",
        arguments: [
            Verdict.request(.reset(after: 0)), .request(.reset(after: 1000)), .response(.reset(after: 0)),
            .response(.reset(after: 1000)), .response(.end(after: 1000)), .response(.corrupt(at: 1000)),
            .response(.stall(after: 1000, seconds: 30)), .answer(500), .answer(502), .answer(503),
            .answer(504),
            .answer(429, headers: ["Retry-After": "2"]),
        ], ["GET", "PUT"])
    func passing(fault: Verdict, method: String) async throws {
        let repository =
            "passing/r"
            + "\(fault)\(method)".utf8.reduce(into: 5381) { $0 = ($0 &* 33 &+ Int($1)) & 0xffffff }
            .description
        let blob = try seeded(repository, size: 60_000)
        let struck = Guarded(false)
        let hook: CountingProxy.Hook = { request in
            guard request.method == method else { return .pass }
            return struck.with { done in
                defer { done = true }
                return done ? .pass : fault
            }
        }
        let from = try CountingProxy(to: source.endpoint, hook: hook)
        let to = try CountingProxy(to: destination.endpoint, hook: hook)
        let lab = try ClientLab(to.url) { $0.patience.stall = .seconds(2) }
        #expect(try await copy(blob, repository, from: from.url, to: lab) == .uploaded)
        #expect(try isThere(blob, repository))
        #expect(struck.with { $0 })
    }

    @Test("bytes that stay wrong are the source's fault, and never arrive")
    func wrongBytes() async throws {
        let blob = try seeded("wrongbytes/a")
        let from = try CountingProxy(to: source.endpoint) {
            $0.method == "GET" ? .response(.corrupt(at: 9)) : .pass
        }
        let lab = try ClientLab(destination.url)
        let failure = await failure { try await copy(blob, "wrongbytes/a", from: from.url, to: lab) }
        #expect(failure?.kind == .wrongBytes && failure?.side == .source && failure?.place == from.host)
        #expect(
            failure?.description.hasPrefix(
                "source: cannot read blob wrongbytes/a@\(blob.digest) at \(from.host): wrong bytes (they hash to "
            ) == true)
        #expect(from.counts["GET blob"] == 4 && lab.waits.count == 3)
        #expect(try !isThere(blob, "wrongbytes/a"))
    }

    @Test("a blob that is not at the source is told so, at once")
    func missing() async throws {
        let blob = MadeBlob(Array("nowhere".utf8))
        let lab = try ClientLab(destination.url)
        let failure = await failure { try await copy(blob, "missing/b", to: lab) }
        #expect(failure?.kind == .notFound && failure?.side == .source && lab.waits.isEmpty)
    }

    @Test("a cancelled copy ends as cancelled")
    func cancelled() async throws {
        let blob = try seeded("cancelled/a")
        let from = try CountingProxy(to: source.endpoint) {
            $0.method == "GET" ? .response(.stall(after: 10, seconds: 60)) : .pass
        }
        let lab = try ClientLab(destination.url)
        let task = Task { try await copy(blob, "cancelled/a", from: from.url, to: lab) }
        while from.counts["GET blob"] == 0 { try await Task.sleep(for: .milliseconds(2)) }
        task.cancel()
        #expect(await failure { try await task.value }?.kind == .cancelled)
    }

    @Test("many at once within slots of one, source and destination being one place")
    func narrow() async throws {
        let blobs = try (0..<12).map { try seeded("narrow/a\($0)", size: 3000) }
        let client = try ClientLab(source.url) { $0.concurrency = 1 }.client
        try await withThrowingTaskGroup(of: BlobArrival.self) { group in
            for (number, blob) in blobs.enumerated() {
                group.addTask {
                    try await client.putBlob(
                        blob.described,
                        from: client.blob(blob.described.digest, in: name("narrow/a\(number)")),
                        in: name("narrow/b"), mounting: nil)
                }
            }
            try await group.waitForAll()
        }
        for blob in blobs { #expect(try await client.hasBlob(blob.described.digest, in: name("narrow/b"))) }
    }
}

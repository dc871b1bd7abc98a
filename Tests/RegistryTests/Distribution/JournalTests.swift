import HTTP
import Lab
import OCI
import Testing

@testable import Registry

@Suite("Journalled uploads", .timeLimit(.minutes(3))) struct JournalTests {
    private let blob: MadeBlob
    private let source: ScriptedRegistry
    private let registry: ScriptedRegistry
    private let repository: RepositoryName
    private let journal = KeptJournal()

    /// A journal in memory, and what was told to it.
    actor KeptJournal: UploadJournal {
        private(set) var left: [Digest: LeftUpload] = [:]
        private(set) var told: [String] = []

        /// Another process takes up what is left before we do.
        private var isOthers = false

        func put(_ upload: LeftUpload) { left[upload.digest] = upload }
        func loseRace() { isOthers = true }
        func upload(of blob: Digest, in repository: RepositoryName, at place: String) -> LeftUpload? {
            left[blob]
        }
        func uploads(at place: String) -> [LeftUpload] { Array(left.values) }
        func note(_ upload: LeftUpload, at place: String) -> Bool {
            guard !isOthers else { return false }
            left[upload.digest] = upload
            told.append("note \(upload.location.split(separator: "/").last ?? "")")
            return true
        }
        func leave(_ blob: Digest, in repository: RepositoryName, at place: String) { told.append("leave") }
        func forget(_ blob: Digest, in repository: RepositoryName, at place: String) {
            left[blob] = nil
            told.append("forget")
        }
    }

    init() throws {
        blob = try MadeBlob.layer("journalled", size: 12 << 20)
        (source, registry) = try (ScriptedRegistry(), ScriptedRegistry())
        try source.hold(MadeImage(repository: "a", tag: "x", blobs: [blob], manifests: []))
        repository = try RepositoryName("a")
    }

    private func copy(chunkSize: Int64? = nil, mounting: String? = nil) async throws -> BlobArrival {
        let from = try ClientLab(source.url).client
        let lab = try ClientLab(registry.url) {
            $0.journal = journal
            $0.chunkSize = chunkSize
        }
        return try await lab.client.putBlob(
            blob.described, from: from.blob(blob.described.digest, in: repository), in: repository,
            mounting: mounting.map { try RepositoryName($0) })
    }

    /// An upload that somebody left behind with so many bytes in it.
    private func leave(_ count: Int) async throws -> String {
        let client = RawClient(registry.endpoint)
        let start = try client.send("POST", "/v2/a/blobs/uploads/")
        let place = try #require(start.headers["Location"])
        if count > 0 { _ = try client.send("PATCH", place, body: .bytes(Array(blob.bytes[..<count]))) }
        let upload = LeftUpload(
            repository: repository, digest: try Digest(blob.digest), size: Int64(blob.size),
            location: registry.url + place)
        await journal.put(upload)
        return place
    }

    @Test("one is noted before anything is sent, and forgotten when it is closed")
    func whole() async throws {
        #expect(try await copy() == .uploaded)
        #expect(await journal.told == ["note upload-1", "forget"])
        #expect(await journal.left.isEmpty)
    }

    @Test("each piece is noted with where the next one goes")
    func pieces() async throws {
        #expect(try await copy(chunkSize: 5 << 20) == .uploaded)
        #expect(
            await journal.told == [
                "note upload-1", "note upload-1", "note upload-1", "note upload-1", "forget",
            ])
        #expect(registry.requests.map(\.method) == ["POST", "PATCH", "PATCH", "PATCH", "PUT"])
    }

    @Test("one that was left is gone on with, and no byte of it is read or sent again")
    func takenUp() async throws {
        let place = try await leave(10 << 20)
        let before = registry.requests.count
        #expect(try await copy() == .uploaded)
        let requests = registry.requests.dropFirst(before)
        #expect(requests.map(\.method) == ["GET", "PATCH", "PUT"])
        #expect(requests.allSatisfy { $0.path == place })
        #expect(requests.map(\.body.count).reduce(0, +) == blob.size - 10 << 20)
        #expect(source.requests.map { $0.headers["Range"] } == ["bytes=\(10 << 20)-"])
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
        #expect(await journal.left.isEmpty)
    }

    @Test("one that is complete is only closed")
    func complete() async throws {
        _ = try await leave(blob.size)
        let before = registry.requests.count
        #expect(try await copy() == .uploaded)
        #expect(registry.requests.dropFirst(before).map(\.method) == ["GET", "PUT"])
        #expect(source.requests.isEmpty)
    }

    @Test("one that is lost, or has nothing, makes room for a new one", arguments: [true, false])
    func lost(isGone: Bool) async throws {
        _ = try await leave(0)
        if isGone { registry.loseUploads() }
        let before = registry.requests.count
        #expect(try await copy() == .uploaded)
        #expect(
            registry.requests.dropFirst(before).map(\.method)
                == (isGone ? ["GET", "POST", "PUT"] : ["GET", "DELETE", "POST", "PUT"]))
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
    }

    @Test("one with other bytes than the blob's begins anew, and is right at the end")
    func wrongBytes() async throws {
        let client = RawClient(registry.endpoint)
        let place = try await leave(0)
        _ = try client.send("PATCH", place, body: .bytes([UInt8](repeating: 7, count: 9 << 20)))
        #expect(try await copy() == .uploaded)
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
        #expect(await journal.left.isEmpty)
    }

    @Test("a mount comes first, and ends what was left")
    func mounted() async throws {
        try registry.hold(MadeImage(repository: "b", tag: "x", blobs: [blob], manifests: []))
        let place = try await leave(10 << 20)
        #expect(try await copy(mounting: "b") == .mounted)
        #expect(registry.requests.suffix(2).map(\.method) == ["POST", "DELETE"])
        #expect(registry.requests.last?.path == place)
        #expect(await journal.left.isEmpty)
    }

    @Test("a mount that is refused leaves the upload of earlier to go on")
    func refusedMount() async throws {
        registry.turn { $0.mounts = .refused }
        let place = try await leave(10 << 20)
        #expect(try await copy(mounting: "b") == .uploaded)
        #expect(registry.requests.suffix(5).map(\.method) == ["POST", "GET", "DELETE", "PATCH", "PUT"])
        #expect(registry.requests.last?.path == place)
    }

    @Test("one whose source fails stays as it is for the next try")
    func stays() async throws {
        let bytes = try blob.bytes
        source.setScript { request in
            guard request.method == "GET" else { return nil }
            guard request.headers["Range"] == nil else { return .error(503, "UNAVAILABLE") }
            var response = ScriptedResponse(200, body: bytes)
            response.fault = .end(after: 6 << 20)
            return response
        }
        let failure = await failure { try await copy() }
        #expect(failure?.side == .source)
        #expect(await journal.left.count == 1)
        #expect(await journal.told.last == "leave")
    }

    @Test("one whose state the registry can't tell makes room for a new one") func mute() async throws {
        let place = try await leave(10 << 20)
        registry.setScript { request in
            request.method == "GET" && request.path == place ? .error(500, "UNKNOWN") : nil
        }
        #expect(try await copy() == .uploaded)
        #expect(registry.requests.suffix(2).map(\.method) == ["POST", "PUT"])
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
        #expect(await journal.told == ["note upload-1", "leave", "note upload-2", "forget"])
        #expect(registry.requests.filter { $0.method == "DELETE" }.map(\.path) == [place])
    }

    @Test("that the replaced one can't be ended either costs one request") func stubborn() async throws {
        let place = try await leave(10 << 20)
        registry.setScript { request in
            request.method != "PATCH" && request.path == place ? .error(500, "UNKNOWN") : nil
        }
        #expect(try await copy() == .uploaded)
        #expect(registry.requests.count { $0.method == "DELETE" } == 1)
    }

    @Test(
        "a hiccup at the question how far it came leaves it as it is for the next try",
        arguments: [502, 503, 504, 429, 408, 0])
    func hiccup(status: Int) async throws {
        let place = try await leave(10 << 20)
        registry.setScript { request in
            guard request.method == "GET", request.path == place else { return nil }
            var answer = ScriptedResponse.error(status == 0 ? 200 : status, "UNAVAILABLE")
            if status == 0 { answer.fault = .reset(after: 0) }
            return answer
        }
        let before = registry.requests.count
        let failure = await failure { try await copy() }
        #expect(failure?.isTransient == true, "\(String(describing: failure))")
        #expect(registry.requests.dropFirst(before).map(\.method) == ["GET", "GET", "GET", "GET"])
        #expect(await journal.told == ["note upload-1", "leave"])
        registry.setScript { _ in nil }
        #expect(try await copy() == .uploaded)
        #expect(registry.requests.suffix(3).map(\.method) == ["GET", "PATCH", "PUT"])
        #expect(registry.requests.suffix(3).allSatisfy { $0.path == place })
    }

    @Test("one that the registry never tells of begins anew, so that its image is copied") func neverTold()
        async throws
    {
        let place = try await leave(10 << 20)
        registry.setScript { request in
            request.method == "GET" && request.path == place ? .error(502, "UNAVAILABLE") : nil
        }
        let from = try ClientLab(source.url).client
        let lab = try ClientLab(registry.url) { $0.journal = journal }
        let copy = { [blob, repository] in
            try await lab.client.putBlob(
                blob.described, from: from.blob(blob.described.digest, in: repository), in: repository,
                mounting: nil)
        }
        for _ in 0..<2 { #expect(await failure { try await copy() }?.kind == .unavailable) }
        #expect(try await copy() == .uploaded)
        #expect(registry.requests.suffix(3).map(\.method) == ["DELETE", "POST", "PUT"])
    }

    @Test("so does a registry that is down, and one that asks for a long pause", arguments: [true, false])
    func down(isDown: Bool) async throws {
        let place = try await leave(10 << 20)
        registry.setScript { request in
            guard request.method != "POST" else { return nil }
            return isDown ? ScriptedResponse(503) : ScriptedResponse(429, headers: ["Retry-After": "3600"])
        }
        let lab = try ClientLab(registry.url) { $0.journal = journal }
        for _ in 0..<2 {
            _ = await failure { try await lab.client.tags(in: repository) }
        }
        let from = try ClientLab(source.url).client
        let failure = await failure {
            try await lab.client.putBlob(
                blob.described, from: from.blob(blob.described.digest, in: repository), in: repository,
                mounting: nil)
        }
        #expect(failure?.kind == (isDown ? .down : .throttled))
        #expect(await journal.told == ["note upload-1", "leave"])
        #expect(!registry.requests.contains { $0.method == "DELETE" && $0.path == place })
        registry.setScript { _ in nil }
        #expect(try await copy() == .uploaded)
        #expect(registry.requests.suffix(3).map(\.method) == ["GET", "PATCH", "PUT"])
    }

    @Test("what a refused mount opened is ended where the upload of earlier has to wait")
    func refusedMountThenHiccup() async throws {
        registry.turn { $0.mounts = .refused }
        let place = try await leave(10 << 20)
        registry.setScript { request in
            request.method == "GET" && request.path == place ? .error(503, "UNAVAILABLE") : nil
        }
        _ = await failure { try await copy(mounting: "b") }
        #expect(registry.requests.suffix(6).map(\.method) == ["POST", "GET", "GET", "GET", "GET", "DELETE"])
        #expect(registry.requests.last?.path != place)
        #expect(await journal.told.last == "leave")
    }

    @Test("what it says of its size is not believed", arguments: [0, -1, Int64.max])
    func wrongSize(size: Int64) async throws {
        let place = try await leave(10 << 20)
        await journal.put(
            LeftUpload(
                repository: repository, digest: try Digest(blob.digest), size: size,
                location: registry.url + place))
        #expect(try await copy() == .uploaded)
        #expect(registry.requests.suffix(3).map(\.method) == ["GET", "PATCH", "PUT"])
    }

    @Test("one that breaks and can't be gone on with is ended before another is begun")
    func replaced() async throws {
        // The registry took nothing of what was sent, and says so.
        let place = Guarded<String?>(nil)
        registry.setScript { request in
            guard request.method == "PUT", request.path.contains("/uploads/") else { return nil }
            guard place.with({ $0 == nil }) else { return nil }
            place.with { $0 = request.path }
            return .error(503, "UNAVAILABLE")
        }
        #expect(try await copy() == .uploaded)
        let old = try #require(place.with { $0 })
        #expect(registry.requests.filter { $0.method == "DELETE" }.map(\.path) == [old])
        #expect(await journal.left.isEmpty)
    }

    @Test("one that another process takes up at the same time is let be") func raced() async throws {
        let place = try await leave(10 << 20)
        await journal.loseRace()
        let before = registry.requests.count
        #expect(try await copy() == .uploaded)
        let lab = try ClientLab(registry.url) { $0.journal = journal }
        await lab.client.sweepUploads(in: [repository])
        #expect(registry.requests.dropFirst(before).allSatisfy { $0.path != place })
    }

    @Test("a location away from the registry is not noted, since it may be a key", arguments: [true, false])
    func elsewhere(isOld: Bool) async throws {
        let storage = try ScriptedRegistry()
        let key = "\(storage.url)/v2/a/blobs/uploads/1?upload_id=key"
        if isOld {
            await journal.put(
                LeftUpload(
                    repository: repository, digest: try Digest(blob.digest), size: Int64(blob.size),
                    location: key))
        } else {
            registry.setScript { request in
                request.method == "POST" ? ScriptedResponse(202, headers: ["Location": key]) : nil
            }
        }
        _ = try? await copy()
        #expect(await !journal.told.contains { isOld ? $0 == "leave" : $0.hasPrefix("note") })
        #expect(storage.requests.isEmpty == isOld)
        #expect(await journal.left.isEmpty)
    }

    @Test("small blobs are not noted")
    func small() async throws {
        let small = try MadeBlob.layer("small", size: 1 << 20)
        try source.hold(MadeImage(repository: "a", tag: "y", blobs: [small], manifests: []))
        let from = try ClientLab(source.url).client
        let lab = try ClientLab(registry.url) { $0.journal = journal }
        _ = try await lab.client.putBlob(
            small.described, from: from.blob(small.described.digest, in: repository), in: repository,
            mounting: nil)
        #expect(await journal.told.isEmpty)
    }

    @Test("what nobody goes on with is ended at the registry, in the repositories that are named")
    func sweeps() async throws {
        let place = try await leave(5 << 20)
        let lab = try ClientLab(registry.url) { $0.journal = journal }
        await lab.client.sweepUploads(in: [try RepositoryName("b")])
        #expect(await journal.left.count == 1)
        await lab.client.sweepUploads(in: [repository])
        #expect(await journal.left.isEmpty)
        #expect(registry.requests.last?.method == "DELETE" && registry.requests.last?.path == place)
    }

    @Test("one that can't be ended now stays noted for the next pass") func sweepsLater() async throws {
        _ = try await leave(5 << 20)
        registry.setScript { $0.method == "DELETE" ? .error(503, "UNAVAILABLE") : nil }
        let lab = try ClientLab(registry.url) { $0.journal = journal }
        await lab.client.sweepUploads(in: [repository])
        #expect(await journal.left.count == 1)
        #expect(await journal.told.last == "leave")
    }
}

import HTTP
import Lab
import OCI
import Registry
import Testing

@Suite("Pieces", .timeLimit(.minutes(3))) struct PieceTests {
    private let source: ScriptedRegistry
    private let blob: MadeBlob
    private let repository: RepositoryName

    init() throws {
        blob = try MadeBlob.layer("pieces", size: 20 << 20)
        source = try ScriptedRegistry()
        try source.hold(MadeImage(repository: "a", tag: "x", blobs: [blob], manifests: []))
        repository = try RepositoryName("a")
    }

    private func copy(to lab: ClientLab) async throws -> BlobArrival {
        let client = try ClientLab(source.url).client
        return try await lab.client.putBlob(
            blob.described, from: client.blob(blob.described.digest, in: repository), in: repository,
            mounting: nil)
    }

    private func sizes(_ registry: ScriptedRegistry) -> [Int] {
        registry.requests.filter { $0.method == "PATCH" }.map(\.body.count)
    }

    @Test("a blob that is too large as a whole goes up in pieces, and so does the next one at once")
    func falls() async throws {
        let registry = try ScriptedRegistry(RegistryKnobs { $0.largestBody = 9 << 20 })
        let lab = try ClientLab(registry.url)
        #expect(try await copy(to: lab) == .uploaded)
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
        let whole = blob.size / (8 << 20)
        #expect(sizes(registry) == [Int](repeating: 8 << 20, count: whole) + [blob.size - whole * (8 << 20)])
        registry.lose(blob: blob.digest, in: "a")
        let before = registry.requests.count
        #expect(try await copy(to: lab) == .uploaded)
        #expect(
            registry.requests.dropFirst(before).map(\.method) == ["POST", "PATCH", "PATCH", "PATCH", "PUT"])
    }

    @Test("no piece is smaller than the registry takes")
    func minimum() async throws {
        let registry = try ScriptedRegistry(
            RegistryKnobs {
                $0.largestBody = 12 << 20
                $0.chunkMinimum = 10 << 20
            })
        #expect(try await copy(to: ClientLab(registry.url)) == .uploaded)
        #expect(sizes(registry).dropLast().allSatisfy { $0 == 10 << 20 })
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
    }

    @Test("a minimum beyond all sizes is no crash")
    func absurdMinimum() async throws {
        let registry = try ScriptedRegistry(
            RegistryKnobs {
                $0.largestBody = 9 << 20
                $0.chunkMinimum = Int.max
            })
        let failure = await failure { try await copy(to: ClientLab(registry.url)) }
        #expect(failure?.kind == .tooLarge)
        #expect(failure?.detail.contains("bounds the size of bodies") == true)
    }

    @Test("a source without ranges does: it is read in one go")
    func noRanges() async throws {
        let registry = try ScriptedRegistry(RegistryKnobs { $0.largestBody = 9 << 20 })
        source.turn { $0.hasRanges = false }
        #expect(try await copy(to: ClientLab(registry.url)) == .uploaded)
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
    }

    @Test("a wish for pieces holds for larger blobs alone, and for no smaller piece than the registry takes")
    func wished() async throws {
        let registry = try ScriptedRegistry(RegistryKnobs { $0.chunkMinimum = 6 << 20 })
        let lab = try ClientLab(registry.url) { $0.chunkSize = 5 << 20 }
        #expect(try await copy(to: lab) == .uploaded)
        #expect(sizes(registry).dropLast() == [6 << 20, 6 << 20, 6 << 20] && sizes(registry).count == 4)
        #expect(source.requests.count == 1)
        let whole = try ScriptedRegistry()
        _ = try await copy(to: ClientLab(whole.url) { $0.chunkSize = Int64(blob.size) })
        #expect(whole.requests.map(\.method) == ["POST", "PUT"])
    }

    @Test("one piece that fails is sent again, and those before it are not")
    func failing() async throws {
        let failed = Guarded(false)
        let registry = try ScriptedRegistry(RegistryKnobs { $0.largestBody = 9 << 20 })
        registry.setScript { request in
            guard request.method == "PATCH", request.headers["Content-Range"]?.hasPrefix("0-") == false else {
                return nil
            }
            return failed.with { done in
                defer { done = true }
                return done ? nil : .error(503, "UNAVAILABLE")
            }
        }
        #expect(try await copy(to: ClientLab(registry.url)) == .uploaded)
        #expect(try registry.blob(blob.digest, in: "a") == blob.bytes)
        #expect(failed.with { $0 } && registry.requests.count { $0.method == "POST" } == 2)
    }
}

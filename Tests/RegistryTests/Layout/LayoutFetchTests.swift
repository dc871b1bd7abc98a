import FoundationEssentials
import HTTP
import Lab
import OCI
import Testing

@testable import Registry

/// Blobs that come from a registry into a layout, and break on the way.
@Suite("Fetching into a layout", .timeLimit(.minutes(1))) struct LayoutFetchTests {
    private let blob: MadeBlob
    private let source: ScriptedRegistry
    private let lab: LayoutLab
    private let repository: RepositoryName

    init() throws {
        blob = try MadeBlob.layer("fetched", size: 12 << 20)
        source = try ScriptedRegistry()
        try source.hold(MadeImage(repository: "a", tag: "x", blobs: [blob], manifests: []))
        lab = try LayoutLab()
        repository = try RepositoryName("a")
    }

    private func fetch(from url: String) async throws -> BlobArrival {
        let client = try ClientLab(url).client
        return try await lab.folder.putBlob(
            blob.described, from: client.blob(blob.described.digest, in: repository), in: repository,
            mounting: nil)
    }

    private func expectWhole() throws {
        let path = try lab.path(of: blob.described.digest, in: repository)
        #expect(try Array(Data(contentsOf: URL(filePath: path))) == blob.bytes)
    }

    @Test("ten breaks are one download, and hardly a byte is read twice")
    func tenBreaks() async throws {
        let count = Guarded(0)
        let from = try CountingProxy(to: source.endpoint) { request in
            guard request.method == "GET" else { return .pass }
            let number = count.with {
                $0 += 1
                return $0
            }
            return number <= 10 ? .response(.end(after: 1_100_000)) : .pass
        }
        #expect(try await fetch(from: from.url) == .uploaded)
        try expectWhole()
        #expect(from.counts["GET blob"] == 11)
        #expect(from.counts.bytesDown <= blob.size + 10 * (64 << 10))
    }

    @Test("a source that comes on no further is given up after four tries", arguments: [true, false])
    func noProgress(hasRanges: Bool) async throws {
        let source = try ScriptedRegistry(RegistryKnobs { $0.hasRanges = hasRanges })
        try source.hold(MadeImage(repository: "a", tag: "x", blobs: [blob], manifests: []))
        let from = try CountingProxy(to: source.endpoint) { request in
            // Without ranges each try comes as far, and never further.
            request.method == "GET" ? .response(.end(after: hasRanges ? 5000 : 3 << 20)) : .pass
        }
        let failure = await failure { try await fetch(from: from.url) }
        #expect(failure?.side == .source && failure?.isTransient == true)
        #expect(from.counts["GET blob"] == 4)
    }

    @Test("a blob that came whole is stored, however its transfer ends")
    func noEnd() async throws {
        let bytes = try blob.bytes
        source.setScript { request in
            guard request.method == "GET" else { return nil }
            guard request.headers["Range"] == nil else { return ScriptedResponse(416) }
            // The connection ends where the last chunk should come.
            var response = ScriptedResponse(body: bytes + [0])
            response.isChunked = true
            response.fault = .end(after: bytes.count)
            return response
        }
        #expect(try await fetch(from: source.url) == .uploaded)
        try expectWhole()
        #expect(source.requests.filter { $0.method == "GET" }.count == 1)
    }

    @Test("what is written is told while it moves: from a registry, from another layout, from memory")
    func traffic() async throws {
        let bytes = try blob.bytes
        let traffic = (0..<3).map { _ in Traffic() }
        let folders = try traffic.map { traffic in
            try LayoutLab.folder("\(lab.temporary.path)/\(UUID())") { $0.traffic = traffic }
        }
        let client = try ClientLab(source.url).client
        let bodies = [
            client.blob(try blob.described.digest, in: repository),
            folders[0].blob(try blob.described.digest, in: repository), .bytes(bytes),
        ]
        for (folder, body) in zip(folders, bodies) {
            _ = try await folder.putBlob(blob.described, from: body, in: repository, mounting: nil)
        }
        #expect(traffic.map(\.bytes) == [Int64](repeating: Int64(blob.size), count: 3))
        // A link moves nothing.
        _ = try await folders[0].putBlob(
            blob.described, from: .bytes([]), in: RepositoryName("b"), mounting: repository)
        #expect(traffic[0].bytes == blob.size)
    }

    @Test("parts that are shorter than was asked for are put together")
    func shortParts() async throws {
        let bytes = try blob.bytes
        source.setScript { request in
            guard request.method == "GET", let range = request.headers["Range"] else { return nil }
            let first = Int(range.split { !$0.isNumber }[0]) ?? 0
            let end = min(first + (4 << 20), bytes.count)
            return ScriptedResponse(
                206, headers: ["Content-Range": "bytes \(first)-\(end - 1)/\(bytes.count)"],
                body: Array(bytes[first..<end]))
        }
        let count = Guarded(0)
        let from = try CountingProxy(to: source.endpoint) { request in
            guard request.method == "GET", request.headers["Range"] == nil else { return .pass }
            count.with { $0 += 1 }
            return .response(.end(after: 2 << 20))
        }
        #expect(try await fetch(from: from.url) == .uploaded)
        try expectWhole()
        #expect(count.with(\.self) == 1 && from.counts["GET blob"] == 4)
    }
}

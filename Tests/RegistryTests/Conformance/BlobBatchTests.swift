import OCI
import Registry
import Testing

@Suite("MemoryRegistry, asked for many blobs") struct BlobBatchTests {
    @Test("answers with those that the repository holds, in one call")
    func batch() async throws {
        let registry = MemoryRegistry()
        let (app, other) = (try RepositoryName("team/app"), try RepositoryName("team/other"))
        let held = await registry.store([1], in: app)
        let elsewhere = await registry.store([2], in: other)
        let asked = [held, elsewhere, Digest(hashing: [3])]
        #expect(try await registry.hasBlobs(asked, in: app) == [held])
        #expect(try await registry.hasBlobs(asked, in: try RepositoryName("no/such")).isEmpty)
        #expect(await registry.calls.count == 2)
        #expect(await !registry.calls.contains(where: \.isWrite))
    }
}

import Foundation
import Lab
import OCI
import Testing

@testable import State

@Suite("Store: several at once") struct SideBySideTests {
    @Test("two that begin and write together lose nothing") func together() async throws {
        let ground = try StoreGround()
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    guard let store = ground.open() else { return }
                    for round in 0..<40 {
                        await store.remember(
                            .subset,
                            Dictionary(
                                uniqueKeysWithValues: (0..<20).map { ("\(writer) \(round) \($0)", "v") }))
                        await store.flush()
                    }
                    await store.close()
                }
            }
        }
        let store = try #require(ground.open())
        let keys = (0..<4).flatMap { writer in
            (0..<40).flatMap { round in (0..<20).map { "\(writer) \(round) \($0)" } }
        }
        #expect(await store.recall(.subset, keys).count == keys.count)
        #expect(ground.told.isEmpty, "\(ground.told)")
    }

    @Test("a cancelled task's words are still written") func cancelled() async throws {
        let ground = try StoreGround()
        let store = try #require(ground.open())
        let upload = OpenUpload(
            place: "one.test", repository: try RepositoryName("a"), digest: Digest(hashing: []), size: 1,
            location: "/u", owner: "")
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                withUnsafeCurrentTask { $0?.cancel() }
                await store.remember(upload)
            }
        }
        #expect(await store.uploads(at: "one.test") == [upload])
    }

    @Test("after its end a store answers nothing and takes nothing, without a word") func closed()
        async throws
    {
        let ground = try StoreGround()
        let store = try #require(ground.open())
        await store.remember(.subset, ["a": "1"])
        await store.close()
        await store.remember(.subset, ["b": "1"])
        #expect(await store.recall(.subset, ["a"]).isEmpty)
        await store.close()
        #expect(ground.told.isEmpty)
    }
}

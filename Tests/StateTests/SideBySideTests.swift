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
            location: "/u", owner: "", touched: ground.clock.seconds)
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

    @Test(
        "a log that was cut anywhere by a sudden end leaves a file that opens, without a word",
        arguments: 0..<12)
    func cut(seed: Int) async throws {
        let ground = try StoreGround()
        await ground.fill(memos: 50)
        let store = try #require(ground.open())
        await store.remember(.subset, Dictionary(uniqueKeysWithValues: (0..<2000).map { ("new \($0)", "v") }))
        await store.flush()
        // What `kill -9` leaves: the file and its log as they are, the last frames of it perhaps not whole.
        let left = try StoreGround()
        try FileManager.default.createDirectory(
            atPath: left.folder.path + "/davit", withIntermediateDirectories: true)
        var log = try Data(contentsOf: URL(fileURLWithPath: ground.path + "-wal"))
        var random = Random(seed: UInt64(seed))
        log = log.prefix(Int.random(in: 0...log.count, using: &random))
        try log.write(to: URL(fileURLWithPath: left.path + "-wal"))
        try FileManager.default.copyItem(atPath: ground.path, toPath: left.path)
        let next = try #require(left.open())
        #expect(await next.recall(.subset, ["key 7"]).count == 1)
        await next.remember(.subset, ["a": "1"])
        await next.close()
        #expect(await left.open()?.recall(.subset, ["a", "key 7"]).count == 2)
        #expect(left.told.isEmpty, "\(left.told)")
    }

    @Test("opens a file of 100,000 rows in little time, and reads it as a whole when that is due")
    func costs() async throws {
        let ground = try StoreGround()
        await ground.fill(memos: 100_000)
        var times: [Duration] = []
        for _ in 0..<5 {
            let begun = ContinuousClock.now
            let store = try #require(ground.open(.consult))
            times.append(ContinuousClock.now - begun)
            await store.close()
        }
        let least = try #require(times.min())
        #expect(least < .milliseconds(60), "\(times)")
        ground.clock.advance(days: 30)
        let begun = ContinuousClock.now
        _ = ground.open()
        print(
            "state: \(try ground.bytes.count >> 20) MiB, opened in \(least), checked in \(ContinuousClock.now - begun)"
        )
    }
}

import GRDB
import Lab
import OCI
import Testing

@testable import State

@Suite("Store: rows of uploads that others wrote") struct UploadRowTests {
    private let ground: StoreGround
    private let repository: RepositoryName
    private let digest = Digest(hashing: Array("a".utf8))

    init() throws {
        ground = try StoreGround()
        repository = try RepositoryName("team/app")
    }

    private func upload(_ repository: RepositoryName) -> OpenUpload {
        OpenUpload(
            place: "p", repository: repository, digest: digest, size: 9 << 20, location: "http://p/1",
            owner: "4194305.1.x.1", touched: ground.clock.seconds)
    }

    @Test(
        "one that makes no sense is forgotten, and the others stay",
        arguments: [
            "size = 'many'", "size = x'00ff'", "size = 1.5e300", "location = x'ff'", "owner = x'ff00'",
            "touched = 'late'", "repository = 'NO NAME'", "digest = 'none'", "digest = x'ff'",
        ])
    func senseless(change: String) async throws {
        let store = try #require(ground.open())
        let other = try RepositoryName("team/other")
        await store.remember(upload(repository))
        await store.remember(upload(other))
        try await store.queue.write {
            try $0.execute(sql: "UPDATE upload SET \(change) WHERE repository = 'team/app'")
        }
        #expect(await store.upload(of: digest, in: repository, at: "p") == nil)
        #expect(await store.uploads(at: "p") == [upload(other)])
        let left = try await store.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM upload") }
        #expect(left == 1)
        #expect(ground.told.isEmpty)
    }

    @Test("those of a file that knows no lease yet are kept, and so is the rest of it")
    func migrates() async throws {
        try ground.folder.write("", to: "davit/state.db")
        let queue = try DatabaseQueue(path: ground.path)
        try Schema.migrator.migrate(queue, upTo: "1")
        let arguments: StatementArguments = ["p", "team/app", digest.description]
        try await queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO upload (place, repository, digest, size, location, owner, used)
                    VALUES (?, ?, ?, 9437184, 'http://p/1', '4194305.1.x.1', 20833)
                    """, arguments: arguments)
            try database.execute(sql: "INSERT INTO memo VALUES ('subset', 'a', '1', 20833)")
        }
        try queue.close()
        let store = try #require(ground.open())
        var expected = upload(repository)
        expected.touched = 0
        #expect(await store.uploads(at: "p") == [expected])
        #expect(await store.recall(.subset, ["a"]) == ["a": "1"])
        #expect(ground.warnings.isEmpty)
        await store.remember(upload(repository))
        #expect(await store.uploads(at: "p") == [upload(repository)])
    }
}

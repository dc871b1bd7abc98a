import Foundation
import GRDB
import Lab
import OCI
import Testing

@testable import State

@Suite("Store: what may have become of its file") struct DamageTests {
    @Test("sets a damaged file aside and begins anew", arguments: [0, 24, 4096 * 3 + 17]) func damaged(
        at offset: UInt64
    )
        async throws
    {
        let ground = try StoreGround()
        await ground.fill(memos: 300)
        try ground.spoil(at: offset, 5000)
        let store = try #require(ground.open())
        #expect(ground.warnings.count == 1)
        #expect(ground.warnings.first?.contains("damaged-1800000000") == true)
        #expect(ground.files.contains("state.db.damaged-1800000000"))
        #expect(await store.recall(.subset, ["key 1"]).isEmpty)
        await store.remember(.subset, ["a": "1"])
        await store.close()
        let next = try #require(ground.open())
        #expect(await next.recall(.subset, ["a"]) == ["a": "1"])
        #expect(ground.warnings.count == 1)
    }

    @Test("a file cut short, an empty one and one of zeros are begun anew", arguments: [0, 100, 5000, 9000])
    func cut(to length: UInt64) async throws {
        let ground = try StoreGround()
        await ground.fill(memos: 300)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: ground.path))
        try handle.truncate(atOffset: length)
        try handle.close()
        let store = try #require(ground.open())
        await store.remember(.subset, ["a": "1"])
        #expect(await store.recall(.subset, ["a", "key 1"]) == ["a": "1"])
        #expect(ground.warnings.count == (length == 0 ? 0 : 1))
    }

    @Test("a diff leaves a damaged file where it is, and says so") func damagedDiff() async throws {
        let ground = try StoreGround()
        await ground.fill(memos: 300)
        try ground.spoil(at: 4096, 9000)
        #expect(ground.open(.consult) == nil)
        #expect(ground.warnings.count == 1)
        #expect(ground.warnings.first?.contains("is not used") == true)
        #expect(ground.files == ["state.db"])
    }

    @Test("damage that is found in mid-pass ends the memory once, and the next pass begins anew") func late()
        async throws
    {
        let ground = try StoreGround()
        await ground.fill(memos: 30_000)
        let size = UInt64(try ground.bytes.count)
        #expect(size > 2 << 20)
        // Large and closed in peace: it is not read as a whole at every start.
        try ground.spoil(at: 4096 * 2, Int(size) - 4096 * 2)
        if let store = ground.open() {
            for index in 0..<50 { #expect(await store.recall(.subset, ["key \(index * 500)"]).isEmpty) }
            await store.remember(.subset, ["a": "1"])
            await store.close()
        }
        #expect(ground.warnings.count <= 2)
        let next = try #require(ground.open())
        await next.remember(.subset, ["a": "1"])
        #expect(await next.recall(.subset, ["a"]) == ["a": "1"])
        #expect(ground.files.contains { $0.contains("damaged") })
    }

    @Test("leaves a newer davit's file alone") func newer() async throws {
        let ground = try StoreGround()
        await ground.fill(memos: 3)
        let queue = try DatabaseQueue(path: ground.path)
        try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')") }
        try queue.close()
        let bytes = try ground.bytes
        #expect(ground.open() == nil)
        #expect(ground.warnings.count == 1)
        #expect(ground.warnings.first?.contains("a newer davit wrote it") == true)
        #expect(try ground.bytes == bytes)
        #expect(ground.files == ["state.db"])
    }

    @Test("leaves files alone that are not its own") func foreign() async throws {
        let ground = try StoreGround()
        try ground.folder.write("all my notes\n", to: "notes.txt")
        let notes = StoreFile(path: ground.folder.file("notes.txt"))
        #expect(Store.open(notes, .remember, fileSystem: { _ in nil }, { _ in }) == nil)
        #expect(try String(contentsOfFile: notes.path, encoding: .utf8) == "all my notes\n")
        let other = StoreFile(path: ground.folder.file("other.db"))
        let queue = try DatabaseQueue(path: other.path)
        try await queue.write { try $0.execute(sql: "CREATE TABLE mine (a); INSERT INTO mine VALUES (1)") }
        try queue.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: other.path))
        #expect(Store.open(other, .remember, fileSystem: { _ in nil }, { _ in }) == nil)
        #expect(try Data(contentsOf: URL(fileURLWithPath: other.path)) == bytes)
    }

    @Test("neither renames nor locks away what others call a database", arguments: [true, false])
    func foreignRights(isDatabase: Bool) async throws {
        let ground = try StoreGround()
        let path = ground.folder.file("notes.db")
        if isDatabase {
            let queue = try DatabaseQueue(path: path)
            try await queue.write { try $0.execute(sql: "CREATE TABLE mine (a)") }
            try queue.close()
        } else {
            try ground.folder.write(String(repeating: "all my notes\n", count: 500), to: "notes.db")
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for access in [Store.Access.consult, .remember] {
            #expect(Store.open(StoreFile(path: path), access, fileSystem: { _ in nil }, { _ in }) == nil)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o644)
    }

    @Test("does not use a network's file system, and makes nothing there") func network() throws {
        let ground = try StoreGround()
        #expect(ground.open(fileSystem: { _ in "nfs4" }) == nil)
        #expect(ground.warnings.count == 1)
        #expect(ground.warnings.first?.contains("nfs4") == true)
        #expect(ground.files.isEmpty)
    }

    @Test("knows the kinds of file systems by what the kernel tells")
    func kinds() {
        let mounts = """
            22 27 0:21 / /proc rw,relatime - proc proc rw
            27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard
            40 27 0:55 / /home rw,relatime - nfs4 server:/home rw,vers=4.2
            41 27 0:56 / /mnt/with\\040space rw - fuse.sshfs me@host:/ rw
            broken line
            """
        #expect(FileSystem.kind(of: "254:0", in: mounts) == "ext4")
        #expect(FileSystem.kind(of: "0:55", in: mounts) == "nfs4")
        #expect(FileSystem.kind(of: "0:56", in: mounts) == "fuse.sshfs")
        #expect(FileSystem.kind(of: "0:99", in: mounts) == nil)
        #expect(
            ["nfs", "nfs4", "cifs", "9p", "fuse.sshfs", "fuse", "virtiofs"].allSatisfy(FileSystem.isShared))
        #expect(
            !["ext4", "xfs", "btrfs", "overlay", "tmpfs", "fuseblk", "fuse.fuse-overlayfs", "zfs"].contains(
                where: FileSystem.isShared))
        #expect(FileSystem.name(of: 0xFE00) == "254:0")
        #expect(FileSystem.shared(under: "/proc/self/nothing/here") == nil)
    }

    @Test("the file is its user's alone, and so is the folder that it makes") func rights() async throws {
        let ground = try StoreGround()
        let store = try #require(ground.open())
        await store.remember(.subset, ["a": "1"])
        await store.flush()
        for name in ground.files {
            let facts = try FileManager.default.attributesOfItem(
                atPath: ground.folder.path + "/davit/" + name)
            #expect((facts[.posixPermissions] as? Int) == 0o600, "\(name)")
        }
        #expect(ground.files.count == 3)
        let folder = try FileManager.default.attributesOfItem(atPath: ground.folder.path + "/davit")
        #expect((folder[.posixPermissions] as? Int) == 0o700)
        await store.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: ground.path)
        _ = ground.open()
        let facts = try FileManager.default.attributesOfItem(atPath: ground.path)
        #expect((facts[.posixPermissions] as? Int) == 0o600)
    }

    @Test("a full disk or a file that turns read-only ends the remembering, once, and not the reading")
    func full()
        async throws
    {
        let ground = try StoreGround()
        await ground.fill(memos: 10)
        let store = try #require(ground.open())
        try await store.queue.write { try $0.execute(sql: "PRAGMA max_page_count = 1") }
        for round in 0..<5 {
            await store.remember(
                .subset, Dictionary(uniqueKeysWithValues: (0..<600).map { ("new \(round) \($0)", "v") }))
        }
        #expect(ground.warnings.count == 1)
        #expect(ground.warnings.first?.contains("full") == true)
        #expect(await store.recall(.subset, ["key 1"]).count == 1)
        await store.close()
        let next = try #require(ground.open())
        #expect(await next.recall(.subset, ["key 1"]).count == 1)
    }

    @Test("keeps no more than its limits, the latest ones, and nothing that is old") func prunes()
        async throws
    {
        let ground = try StoreGround()
        var limits = StoreLimits()
        (limits.rows, limits.step) = (101, 30)
        let base = try RepositoryName("team/base")
        for day in 0..<4 {
            let store = try #require(ground.open(.remember, limits))
            await store.remember(
                .subset, Dictionary(uniqueKeysWithValues: (0..<50).map { ("day \(day) \($0)", "v") }))
            await store.note([Digest(hashing: [UInt8(day)])], in: base, at: "one.test")
            if day == 2 { #expect(await store.recall(.subset, ["day 0 7"]).count == 1) }
            await store.close()
            ground.clock.advance(days: 1)
        }
        let store = try #require(ground.open(.remember, limits))
        #expect(try await store.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM memo") } == 101)
        #expect(
            await store.recall(.subset, ["day 0 7", "day 0 8", "day 2 1", "day 3 1"]).keys.sorted() == [
                "day 0 7", "day 2 1", "day 3 1",
            ])
        await store.close()
        ground.clock.advance(days: 200)
        let late = try #require(ground.open(.remember, limits))
        await late.close()
        let empty = try #require(ground.open(.remember, limits))
        for table in ["memo", "hint", "place", "repository"] {
            #expect(
                try await empty.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") } == 0
            )
        }
    }
}

import Lab
import OCI
import Testing

@testable import State

@Suite("Store") struct StoreTests {
    @Test("gives back what was remembered, in this pass and in a later one") func recalls() async throws {
        let ground = try StoreGround()
        let first = try #require(ground.open())
        await first.remember(.subset, ["a": "1", "b": "2"])
        await first.remember(.referrers, ["a": "other"])
        #expect(await first.recall(.subset, ["a", "b", "c"]) == ["a": "1", "b": "2"])
        await first.close()
        let second = try #require(ground.open())
        #expect(await second.recall(.subset, ["a", "b", "c"]) == ["a": "1", "b": "2"])
        await second.remember(.subset, ["a": "3"])
        await second.close()
        let third = try #require(ground.open())
        #expect(await third.recall(.subset, ["a"]) == ["a": "3"])
        #expect(await third.recall(.referrers, ["a"]) == ["a": "other"])
        #expect(ground.told.isEmpty)
    }

    @Test("answers for more keys than SQLite takes at once") func manyKeys() async throws {
        let ground = try StoreGround()
        let store = try #require(ground.open())
        let entries = Dictionary(uniqueKeysWithValues: (0..<40_000).map { ("key \($0)", "\($0)") })
        await store.remember(.subset, entries)
        #expect(await store.recall(.subset, Array(entries.keys)) == entries)
        #expect(ground.told.isEmpty)
    }

    @Test("forgets by what keys begin with, byte by byte, written or not") func forgetsPrefix() async throws {
        let ground = try StoreGround()
        for isWritten in [false, true] {
            let store = try #require(ground.open())
            await store.remember(.referrers, ["a_1": "x", "ab1": "y", "a%": "z", "ä": "u"])
            if isWritten { await store.flush() }
            await store.forget(.referrers, prefix: "a_")
            #expect(
                await store.recall(.referrers, ["a_1", "ab1", "a%", "ä"]) == [
                    "ab1": "y", "a%": "z", "ä": "u",
                ])
            await store.forget(.referrers, prefix: "\u{C3}")
            #expect(await store.recall(.referrers, ["ä"]) == ["ä": "u"])
            await store.forget(.referrers, prefix: "")
            #expect(await store.recall(.referrers, ["ab1", "a%", "ä"]).isEmpty)
            await store.close()
        }
    }

    @Test("says who is thought to hold a blob, the latest first, one registry apart from another")
    func hints() async throws {
        let ground = try StoreGround()
        let (app, base) = (try RepositoryName("team/app"), try RepositoryName("team/base"))
        let blobs = (0..<1200).map { Digest(hashing: Array("\($0)".utf8)) }
        let store = try #require(ground.open())
        await store.note(blobs, in: base, at: "one.test")
        await store.note([blobs[0]], in: app, at: "one.test")
        await store.note([blobs[1]], in: app, at: "two.test")
        await store.close()
        let next = try #require(ground.open())
        let found = await next.holders(of: blobs, at: "one.test")
        #expect(found.count == blobs.count)
        #expect(found[blobs[0]] == app)
        #expect(found[blobs[1]] == base)
        #expect(await next.holders(of: blobs, at: "two.test") == [blobs[1]: app])
        await next.forget(base, at: "one.test")
        #expect(await next.holders(of: blobs, at: "one.test") == [blobs[0]: app])
        #expect(await next.holders(of: blobs, at: "two.test") == [blobs[1]: app])
        #expect(ground.told.isEmpty)
    }

    @Test("believes no hints of a registry that refuses three mounts in a row, for a week") func refusals()
        async throws
    {
        let ground = try StoreGround()
        let base = try RepositoryName("team/base")
        let blobs = (0..<8).map { Digest(hashing: Array("\($0)".utf8)) }
        let store = try #require(ground.open())
        await store.note(blobs, in: base, at: "one.test")
        await store.flush()
        await store.mountEnded(granted: false, of: blobs[0], at: "one.test")
        await store.mountEnded(granted: false, of: blobs[1], at: "one.test")
        await store.mountEnded(granted: true, of: blobs[2], at: "one.test")
        await store.mountEnded(granted: false, of: blobs[3], at: "one.test")
        #expect(
            Set(await store.holders(of: blobs, at: "one.test").keys) == [
                blobs[2], blobs[4], blobs[5], blobs[6], blobs[7],
            ])
        await store.mountEnded(granted: false, of: blobs[4], at: "one.test")
        await store.mountEnded(granted: false, of: blobs[5], at: "one.test")
        #expect(await store.holders(of: blobs, at: "one.test").isEmpty)
        ground.clock.advance(days: 8)
        #expect(await store.holders(of: blobs, at: "one.test").count == 3)
    }

    @Test("remembers open uploads at once, and never a location that is a key") func uploads() async throws {
        let ground = try StoreGround()
        let store = try #require(ground.open())
        let app = try RepositoryName("team/app")
        let digest = Digest(hashing: [1])
        var upload = OpenUpload(
            place: "one.test", repository: app, digest: digest, size: 77,
            location: "/v2/team/app/blobs/uploads/1?_state=abc", owner: "me")
        await store.remember(upload)
        upload.touched = ground.clock.seconds
        // As after `kill -9`: nobody has closed the first.
        let other = try #require(ground.open())
        #expect(await other.upload(of: digest, in: app, at: "one.test") == upload)
        #expect(await other.uploads(at: "one.test") == [upload])
        #expect(await other.uploads(at: "two.test").isEmpty)
        upload.location = "/v2/team/app/blobs/uploads/1?X-Amz-Signature=f00"
        await store.remember(upload)
        #expect(await other.upload(of: digest, in: app, at: "one.test") == nil)
        upload.location = "/v2/team/app/blobs/uploads/2"
        await store.remember(upload)
        await other.forgetUpload(of: digest, in: app, at: "one.test")
        #expect(await store.uploads(at: "one.test").isEmpty)
    }

    @Test(
        "tells locations that are keys",
        arguments: [
            ("/v2/a/blobs/uploads/1?_state=YWJj", true), ("https://r.test:5000/v2/a/blobs/uploads/1", true),
            ("https://r.test/u?digest=sha256:ab&part=3", true), ("https://u:p@r.test/u", false),
            ("https://r.test/u?access_token=x", false), ("/u?sv=1&sig=abc", false),
            ("/u?s=eyJhbGciOi", false),
            ("https://s3.test/u?X-Amz-Credential=k", false), ("/u?AUTH=1", false),
        ]) func keys(location: String, isKept: Bool) throws
    {
        let upload = OpenUpload(
            place: "r.test", repository: try RepositoryName("a"), digest: Digest(hashing: []), size: 0,
            location: location, owner: "")
        #expect(upload.mayBeKept == isKept)
    }

    @Test("a diff's store reads, writes nothing, and makes no file") func consults() async throws {
        let ground = try StoreGround()
        #expect(ground.open(.consult) == nil)
        #expect(ground.files.isEmpty)
        let writer = try #require(ground.open())
        await writer.remember(.subset, ["a": "1"])
        await writer.close()
        let bytes = try ground.bytes
        let reader = try #require(ground.open(.consult))
        await reader.remember(.subset, ["b": "2"])
        await reader.note([Digest(hashing: [])], in: try RepositoryName("a"), at: "one.test")
        #expect(await reader.recall(.subset, ["a", "b"]) == ["a": "1"])
        await reader.close()
        #expect(try ground.bytes == bytes)
        #expect(ground.told.isEmpty)
    }
}

import OCI
import Registry
import State
import Testing

@testable import Reconcile

@Suite("Stored uploads") struct StoredUploadsTests {
    private let store: Store
    private let repository: RepositoryName
    private let digest = Digest(hashing: Array("a".utf8), by: .sha256)
    /// The first process of this container or machine, which always lives.
    private let living: ProcessMark

    init() throws {
        store = try Store.inMemory()
        repository = try RepositoryName("team/app")
        living = try #require(ProcessMark.of(1))
    }

    private func upload(_ location: String = "http://localhost/1") -> LeftUpload {
        LeftUpload(repository: repository, digest: digest, size: 9_000_000, location: location)
    }

    private func write(by owner: String) async {
        await store.remember(
            OpenUpload(
                place: "p", repository: repository, digest: digest, size: 9_000_000,
                location: "http://localhost/theirs", owner: owner))
    }

    @Test("the row of a process that is gone is taken over", arguments: ["4194305.1.x", "1.0.x", "nonsense"])
    func gone(owner: String) async {
        await write(by: owner)
        let journal = StoredUploads(store)
        #expect(
            await journal.upload(of: digest, in: repository, at: "p")?.location == "http://localhost/theirs")
        #expect(await journal.uploads(at: "p").count == 1)
        await journal.note(upload(), at: "p")
        #expect(await store.upload(of: digest, in: repository, at: "p")?.owner == ProcessMark.own.description)
    }

    @Test("a number that was given again is another process")
    func reused() async {
        var reused = living
        reused.start += 1
        await write(by: reused.description)
        #expect(await StoredUploads(store).upload(of: digest, in: repository, at: "p") != nil)
    }

    @Test("that of a living one is not told, written over or forgotten")
    func alive() async {
        await write(by: living.description)
        let journal = StoredUploads(store)
        #expect(await journal.upload(of: digest, in: repository, at: "p") == nil)
        #expect(await journal.uploads(at: "p").isEmpty)
        await journal.note(upload(), at: "p")
        await journal.forget(digest, in: repository, at: "p")
        #expect(
            await store.upload(of: digest, in: repository, at: "p")?.location == "http://localhost/theirs")
    }

    @Test("our own is told again only once it was left")
    func own() async {
        let journal = StoredUploads(store)
        await journal.note(upload(), at: "p")
        #expect(await journal.upload(of: digest, in: repository, at: "p") == nil)
        await journal.note(upload("http://localhost/2"), at: "p")
        await journal.leave(digest, in: repository, at: "p")
        #expect(await journal.upload(of: digest, in: repository, at: "p") == upload("http://localhost/2"))
        await journal.forget(digest, in: repository, at: "p")
        #expect(await store.uploads(at: "p").isEmpty)
    }

    @Test("a process is known by its own mark, and lives")
    func marks() {
        #expect(ProcessMark.own.isAlive && living.isAlive)
        #expect(ProcessMark(ProcessMark.own.description) == .own)
        #expect(ProcessMark("") == nil && ProcessMark("1.2") == nil && ProcessMark("x.2.y") == nil)
    }
}

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

    @Test(
        "the row of a process that is gone is taken over",
        arguments: ["4194305.1.x.1", "1.0.x.1", "1.0.x", "nonsense"])
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

    @Test("of two that take it up at once, one gets it") func raced() async {
        await write(by: "4194305.1.x.1")
        let other = StoredUploads(store, owner: living)
        let journal = StoredUploads(store)
        #expect(await other.upload(of: digest, in: repository, at: "p") != nil)
        #expect(await journal.upload(of: digest, in: repository, at: "p") != nil)
        async let first = other.note(upload("http://localhost/1"), at: "p")
        async let second = journal.note(upload("http://localhost/2"), at: "p")
        let won = await [first, second]
        #expect(won.count { $0 } == 1)
        let row = await store.upload(of: digest, in: repository, at: "p")
        #expect(row?.location == (won[0] ? "http://localhost/1" : "http://localhost/2"))
        let stale = await store.take(
            OpenUpload(
                place: "p", repository: repository, digest: digest, size: 1, location: "x", owner: "late"),
            from: "4194305.1.x.1")
        #expect(!stale)
    }

    @Test("that of another container, whose processes can't be seen, is its own for an hour")
    func elsewhere() async {
        var far = ProcessMark.own
        (far.number, far.space) = (4_194_305, "1")
        await write(by: far.description)
        #expect(await StoredUploads(store).upload(of: digest, in: repository, at: "p") == nil)
        #expect(await !StoredUploads(store).note(upload(), at: "p"))
        let late = StoredUploads(store) { Store.systemTime() + 3602 }
        #expect(await late.upload(of: digest, in: repository, at: "p") != nil)
        #expect(await late.note(upload(), at: "p"))
        far.space = ProcessMark.own.space
        #expect(far.standing == .gone)
    }

    @Test("a process is known by its own mark, and lives")
    func marks() {
        #expect(ProcessMark.own.standing == .alive && living.standing == .alive)
        #expect(ProcessMark(ProcessMark.own.description) == .own)
        #expect(ProcessMark("") == nil && ProcessMark("1.2") == nil && ProcessMark("x.2.y.z") == nil)
    }
}

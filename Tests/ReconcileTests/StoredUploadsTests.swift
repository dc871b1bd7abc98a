import Lab
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

    @Test("that of another container, whose processes can't be seen, is its own for three minutes")
    func elsewhere() async {
        var far = ProcessMark.own
        (far.number, far.space) = (4_194_305, "1")
        await write(by: far.description)
        #expect(await StoredUploads(store).upload(of: digest, in: repository, at: "p") == nil)
        #expect(await !StoredUploads(store).note(upload(), at: "p"))
        let late = StoredUploads(store) { Store.systemTime() + 182 }
        #expect(await late.upload(of: digest, in: repository, at: "p") != nil)
        #expect(await late.note(upload(), at: "p"))
        far.space = ProcessMark.own.space
        #expect(far.standing == .gone)
    }

    /// A process of another container, dead or alive.
    private static let far: ProcessMark = {
        var far = ProcessMark.own
        (far.number, far.space) = (4_194_305, "1")
        return far
    }()

    @Test("one that sends for hours keeps its own, and three minutes after its end it is another's")
    func beats() async throws {
        let time = VirtualTime()
        let now: @Sendable () -> Int64 = { 1_800_000_000 + time.passed.components.seconds }
        let store = try Store.inMemory(now: now)
        let theirs = StoredUploads(store, owner: Self.far, now: now) { try await time.sleep($0) }
        let ours = StoredUploads(store, now: now)
        let (digest, repository, upload) = (digest, repository, upload())
        try await time.run {
            #expect(await theirs.note(upload, at: "p"))
            await theirs.during {
                for _ in 0..<240 {
                    try? await time.sleep(.seconds(30))
                    #expect(await ours.upload(of: digest, in: repository, at: "p") == nil)
                    #expect(await ours.uploads(at: "p").isEmpty)
                }
                #expect(await !ours.note(upload, at: "p"))
            }
            #expect(await ours.upload(of: digest, in: repository, at: "p") == nil)
            try await time.sleep(.seconds(182))
            #expect(await ours.upload(of: digest, in: repository, at: "p") == upload)
            #expect(await ours.note(upload, at: "p"))
        }
        #expect(await store.uploads(at: "p").map(\.owner) == [ProcessMark.own.description])
    }

    @Test("who works at nothing does not say so") func idles() async throws {
        let time = VirtualTime()
        let now: @Sendable () -> Int64 = { 1_800_000_000 + time.passed.components.seconds }
        let store = try Store.inMemory(now: now)
        let journal = StoredUploads(store, now: now) { try await time.sleep($0) }
        let (digest, repository, upload) = (digest, repository, upload())
        try await time.run {
            await journal.note(upload, at: "p")
            await journal.leave(digest, in: repository, at: "p")
            await journal.during { try? await time.sleep(.seconds(600)) }
        }
        #expect(await store.uploads(at: "p").map(\.touched) == [1_800_000_000])
    }

    @Test("a process is known by its own mark, and lives")
    func marks() {
        #expect(ProcessMark.own.standing == .alive && living.standing == .alive)
        #expect(ProcessMark(ProcessMark.own.description) == .own)
        #expect(ProcessMark("") == nil && ProcessMark("1.2") == nil && ProcessMark("x.2.y.z") == nil)
    }
}

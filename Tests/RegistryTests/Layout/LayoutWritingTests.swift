import FoundationEssentials
import Glibc
import HTTP
import OCI
import Synchronization
import Testing

@testable import Registry

/// How an index is written: seldom, together, and so that it lasts.
@Suite("Writing an index", .timeLimit(.minutes(3))) struct LayoutWritingTests {
    private func lab(_ diary: Diary, _ change: (inout LayoutFolder.Settings) -> Void = { _ in }) throws
        -> LayoutLab
    {
        try LayoutLab {
            // A program that another test starts may hold a lock of ours until it is loaded: that is waited out.
            $0.pause = { try await Task.sleep(for: $0) }
            $0.passing = { diary.note($0.rawValue) }
            $0.decoding = { _ in diary.note("decoded") }
            change(&$0)
        }
    }

    @Test(
        "two thousand tags take no index apart, and no tag costs more than one write", arguments: [500, 2000])
    func manyTags(count: Int) async throws {
        let diary = Diary()
        let lab = try lab(diary)
        try await lab.bring()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<10 {
                group.addTask {
                    for number in stride(from: worker, to: count, by: 10) {
                        let held = try await lab.folder.resolve(.tag(Tag("v\(number)")), in: lab.home)
                        #expect(held == nil)
                        try await lab.tag("v\(number)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(diary.count("decoded") == 0)
        #expect(diary.count("indexPlaced") <= count)
        #expect(try LayoutIndex(Array(lab.text("index.json").utf8)).names.count == count)
    }

    @Test("tags that wait for their turn are written as one, and each ends when it lasts")
    func together() async throws {
        let diary = Diary()
        let lab = try lab(diary)
        try await lab.bring()
        try await lab.tag("first")
        let lock = await OthersLock(lab)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    try await lab.tag("v\(number)")
                    #expect(try lab.text("index.json").contains("\"v\(number)\""))
                }
            }
            while await lab.folder.turns.waiting(at: lab.home) < 50 { await Task.yield() }
            lock.give()
            try await group.waitForAll()
        }
        #expect(diary.count("indexPlaced") == 2)
        #expect(try await lab.folder.tags(in: lab.home).tags.count == 51)
    }

    @Test("who is cancelled takes no other's tag along", arguments: [0, 3])
    func cancelled(number: Int) async throws {
        let lab = try LayoutLab { $0.lockPatience = .seconds(1_000_000) }
        try await lab.bring()
        try await lab.tag("first")
        let lock = await OthersLock(lab)
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<5 {
            tasks.append(Task { try await lab.tag("v\(number)") })
            while await lab.folder.turns.waiting(at: lab.home) <= number { await Task.yield() }
        }
        tasks[number].cancel()
        let error = await failure { try await tasks[number].value }
        #expect(error?.kind == .cancelled)
        lock.give()
        for task in tasks where task != tasks[number] { try await task.value }
        let tags = try await lab.folder.tags(in: lab.home).tags
        #expect(tags == ["first"] + (0..<5).filter { $0 != number }.map { "v\($0)" })
    }

    @Test("what keeps an index from being written is told to all that wait, of their own tags")
    func failing() async throws {
        let waits = Mutex(0)
        let lab = try LayoutLab {
            $0.pause = { _ in
                waits.withLock { $0 += 1 }
                await Task.yield()
            }
        }
        try await lab.bring()
        try await lab.tag("first")
        let lock = await OthersLock(lab)
        defer { lock.give() }
        let errors = await withTaskGroup(of: RegistryError?.self) { group in
            for number in 0..<5 { group.addTask { await failure { try await lab.tag("v\(number)") } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors.allSatisfy { $0?.kind == .unavailable })
        #expect(Set(errors.map { $0?.subject }) == Set((0..<5).map { "team/app:v\($0)" }))
    }

    @Test("an index that nobody could read any more is refused before it is written")
    func tooLarge() async throws {
        let lab = try LayoutLab { $0.largestIndex = 1000 }
        try await lab.bring()
        var written: [String] = []
        var error: RegistryError?
        while error == nil, written.count < 10 {
            let name = "v\(written.count)"
            error = await failure { try await lab.tag(name) }
            if error == nil { written.append(name) }
        }
        #expect((2..<8).contains(written.count))
        #expect(error?.kind == .tooLarge && error?.isTransient == false)
        let told = error?.description ?? ""
        for part in [
            "team/app:v\(written.count)", "\(lab.root)/team/app/index.json would have", "than 1000 is read",
        ] {
            #expect(told.contains(part), "\(told)")
        }
        #expect(try await lab.folder.tags(in: lab.home) == .tags(written))
        // What is there can still be moved, and what is taken away makes room.
        try await lab.folder.put(lab.images.other, as: .tag(Tag("v0")), in: lab.home)
        try await lab.folder.deleteManifest(lab.images.image.digest, in: lab.home)
        try await lab.tag("w0")
        #expect(try await lab.folder.tags(in: lab.home) == .tags(["v0", "w0"]))
    }

    @Test("what a tool without a lock writes into the file in place is kept")
    func inPlace() async throws {
        let lab = try LayoutLab()
        try await lab.bring()
        // In the same moment as davit, and of the same size, it may look the same.
        for number in 0..<100 {
            let (ours, others) = ("a\(number)", "b\(number)")
            try await lab.tag(ours)
            try lab.overwrite(lab.text("index.json").replacing("\"\(ours)\"", with: "\"\(others)\""))
            try await lab.tag("c\(number)")
            #expect(try lab.text("index.json").contains("\"\(others)\""))
        }
    }

    @Test(
        "blobs last before the index that names them, the index before it is in its place, and its place after"
    )
    func lasting() async throws {
        let diary = Diary()
        let path = Mutex("")
        let lab = try lab(diary) {
            $0.lasting = { descriptor in
                let path = path.withLock { $0 }
                let index = (try? String(contentsOfFile: path + "/index.json", encoding: .utf8)) ?? ""
                let file =
                    (try? FileManager.default.destinationOfSymbolicLink(
                        atPath: "/proc/self/fd/\(descriptor)")) ?? ""
                let name = file.hasPrefix(path) ? String(file.dropFirst(path.count)) : file
                diary.note(
                    (name.hasSuffix(".part") ? "draft" : name) + (index.contains("\"v1\"") ? " after" : ""))
                return fsync(descriptor)
            }
        }
        path.withLock { $0 = lab.path("").dropLast().description }
        try await lab.bring()
        try await lab.tag("v0")
        let before = diary.all.count
        let blob = ConformanceImages.descriptor(of: [1, 2, 3])
        _ = try await lab.folder.putBlob(blob, from: .bytes([1, 2, 3]), in: lab.home, mounting: nil)
        try await lab.folder.put(lab.images.other, as: .tag(Tag("v1")), in: lab.home)
        #expect(
            diary.all.dropFirst(before) == [
                "blobBegun", "blobWritten", "draft", "blobSynced", "blobPlaced",
                "blobBegun", "blobWritten", "draft", "blobSynced", "blobPlaced",
                "locked", "/blobs/sha256", "indexWritten", "draft", "indexSynced", " after", "indexPlaced",
            ])
    }
}

/// What a folder did.
private final class Diary: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func note(_ line: String) { lines.withLock { $0.append(line) } }

    func count(_ line: String) -> Int { all.filter { $0 == line }.count }
}

/// The lock of the repository, held as by another program.
private final class OthersLock: Sendable {
    private let held = Mutex<DiskFile?>(nil)

    init(_ lab: LayoutLab) async {
        // A program that another test is about to start may hold the lock of the last writer until it is loaded.
        while held.withLock({ $0 == nil }) {
            let lock = try? LayoutRepository.open(lab.home, below: lab.folder.root)?.lock()
            held.withLock { $0 = lock ?? nil }
            await Task.yield()
        }
    }

    func give() { held.withLock { $0 = nil } }
}

extension LayoutLab {
    /// Writes the index as some tools do: into the file that is there.
    fileprivate func overwrite(_ text: String) throws {
        let descriptor = open(path("index.json"), O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError.system(path("index.json")) }
        try DiskFile(descriptor, path("index.json")) { fsync($0) }.write(Array(text.utf8))
    }
}

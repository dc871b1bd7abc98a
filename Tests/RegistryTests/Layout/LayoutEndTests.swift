import FoundationEssentials
import Glibc
import OCI
import Synchronization
import Testing

@testable import Registry

/// What a layout is worth when writing ends in the middle: by `kill -9`, by a disk that is full, by a cancelled task.
@Suite("The end of writing a layout", .timeLimit(.minutes(3))) struct LayoutEndTests {
    private static let fresh = Array("a layer that is new".utf8)

    /// Everything that writing knows: a blob, a moved tag, a linked blob, a new repository.
    private static func work(in folder: LayoutFolder) async throws {
        let images = try ConformanceImages(salt: "layout")
        let (home, new) = (try RepositoryName("team/app"), try RepositoryName("team/new"))
        let descriptor = ConformanceImages.descriptor(of: fresh)
        _ = try await folder.putBlob(descriptor, from: .bytes(fresh), in: home, mounting: nil)
        try await folder.put(images.other, as: .tag(Tag("v1")), in: home)
        for bytes in [images.config, images.layer, images.empty] {
            _ = try await folder.putBlob(
                ConformanceImages.descriptor(of: bytes), from: .bytes(bytes), in: new, mounting: home)
        }
        try await folder.put(images.image, as: .digest(images.image.digest), in: new)
        try await folder.put(images.index, as: .tag(Tag("v1")), in: new)
    }

    /// A layout as it was before: an image under two tags.
    private func prepared() async throws -> LayoutLab {
        let lab = try LayoutLab()
        try await lab.bring()
        try await lab.tag("v1")
        try await lab.tag("kept")
        return lab
    }

    /// The points that the work passes, in order.
    private func points() async throws -> [WritePoint] {
        let lab = try await prepared()
        let passed = Passed()
        try await Self.work(in: LayoutLab.folder(lab.root) { $0.passing = { passed.note($0) } })
        return passed.points
    }

    /// What holds whatever happened: the old or the new, and every blob what its name says.
    private func check(_ lab: LayoutLab, _ what: Comment) async throws {
        let folder = try LayoutLab.folder(lab.root)
        #expect(
            try await folder.resolve(.tag(Tag("kept")), in: lab.home)?.digest == lab.images.image.digest, what
        )
        let moved = try await folder.manifest(.tag(Tag("v1")), in: lab.home)?.digest
        #expect([lab.images.image.digest, lab.images.other.digest].contains(moved), what)
        let new = try RepositoryName("team/new")
        if let top = try await folder.manifest(.tag(Tag("v1")), in: new) {
            #expect(top.digest == lab.images.index.digest, what)
            #expect(try await folder.manifest(.digest(lab.images.image.digest), in: new) != nil, what)
        }
        for repository in [lab.home, new] {
            let blobs = lab.path("blobs/sha256", in: repository)
            for name in (try? FileManager.default.contentsOfDirectory(atPath: blobs)) ?? [] {
                let bytes = Array(try Data(contentsOf: URL(filePath: blobs + "/" + name)))
                #expect(Digest(hashing: bytes).hex == name, what)
            }
        }
    }

    /// The work, done once more, comes to its end, and nothing of the broken try is left.
    private func finish(_ lab: LayoutLab, _ what: Comment) async throws {
        let folder = try LayoutLab.folder(lab.root)
        try await Self.work(in: folder)
        #expect(
            try await folder.resolve(.tag(Tag("v1")), in: lab.home)?.digest == lab.images.other.digest, what)
        let left = try FileManager.default.subpathsOfDirectory(atPath: lab.root).filter {
            $0.hasSuffix(".part")
        }
        #expect(left == [], what)
    }

    @Test("kill -9 at each write point leaves the old index or the new, and the next pass ends the work")
    func killed() async throws {
        let points = try await points()
        #expect(Set(points) == Set(WritePoint.allCases), "the work passes every point")
        for (number, point) in points.enumerated() {
            let lab = try await prepared()
            await #expect(processExitsWith: .signal(SIGKILL), "\(point)") {
                [root = lab.root as String, number = number as Int] in
                let passed = Passed()
                let folder = try LayoutLab.folder(root) {
                    $0.passing = { if passed.note($0) == number + 1 { kill(getpid(), SIGKILL) } }
                }
                try await Self.work(in: folder)
            }
            try await check(lab, "\(point), number \(number)")
            try await finish(lab, "\(point), number \(number)")
        }
    }

    @Test(
        "a disk that is full at any write point is told clearly, and no draft stays",
        arguments: [ENOSPC, EROFS])
    func full(code: Int32) async throws {
        let points = try await points()
        for number in points.indices {
            let lab = try await prepared()
            let passed = Passed()
            let folder = try LayoutLab.folder(lab.root) {
                $0.passing = { _ throws(DiskError) in
                    if passed.note(points[0]) == number + 1 { throw .system("/there", code) }
                }
            }
            let error = await failure { try await Self.work(in: folder) }
            #expect(error?.kind == .storage)
            #expect(error?.isTransient == false)
            #expect(
                error?.description.contains(
                    code == ENOSPC ? "No space left on device; make room" : "able to write")
                    == true)
            #expect(lab.drafts == [], "\(points[number])")
            try await check(lab, "\(points[number])")
            try await finish(lab, "\(points[number])")
        }
    }

    @Test("a draft of a writer that lives is never swept up")
    func living() async throws {
        let lab = try await prepared()
        let own = try #require(try Folder.open(lab.path(".davit")))
        let living = try Draft(in: own)
        try lab.write("left behind", to: ".davit/dead.part")
        try await Self.work(in: LayoutLab.folder(lab.root))
        #expect(lab.drafts.count == 1)
        #expect(try living.file.facts().links == 1)
    }

    @Test("a cancelled task leaves no draft")
    func cancelled() async throws {
        let lab = try await prepared()
        let folder = try LayoutLab.folder(lab.root) { _ in }
        let blob = ConformanceImages.descriptor(of: Self.fresh)
        let home = lab.home
        let error = await failure {
            try await folder.putBlob(
                blob,
                from: .whole { () async throws(RegistryError) in
                    withUnsafeCurrentTask { $0?.cancel() }
                    return Self.fresh
                }, in: home, mounting: nil)
        }
        #expect(error?.kind == .cancelled)
        #expect(lab.drafts == [])
    }
}

/// The write points that were passed.
private final class Passed: Sendable {
    private let passed = Mutex<[WritePoint]>([])

    var points: [WritePoint] { passed.withLock { $0 } }

    /// Notes one; returns how many there were.
    @discardableResult func note(_ point: WritePoint) -> Int {
        passed.withLock {
            $0.append(point)
            return $0.count
        }
    }
}

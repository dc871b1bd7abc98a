import FoundationEssentials
import OCI
import Synchronization
import Testing

@testable import Registry

/// Several writers at one layout: those that know of each other, and those that do not.
@Suite("Sharing a layout", .timeLimit(.minutes(3))) struct LayoutSharingTests {
    @Test("two writers at once lose nothing of each other's")
    func together() async throws {
        let lab = try LayoutLab()
        try await lab.bring()
        // Two that share nothing but the folder, as two programs do.
        let writers = try (0..<2).map { _ in
            try LayoutLab.folder(lab.folder.root) { $0.pause = { try await Task.sleep(for: $0) } }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask { try await lab.tag("v\(number)", at: writers[number % 2]) }
            }
            try await group.waitForAll()
        }
        #expect(try await Set(lab.folder.tags(in: lab.home).tags) == Set((0..<60).map { "v\($0)" }))
    }

    @Test("the lock of another program is waited for, and not for ever")
    func locked() async throws {
        let lab = try LayoutLab()
        try await lab.bring()
        try await lab.tag("v1")
        // A program that another test is about to start may hold the lock of `v1`'s writer until it is loaded.
        let held = Mutex<DiskFile?>(nil)
        while held.withLock({ $0 == nil }) {
            let lock = try LayoutRepository.open(lab.home, below: lab.folder.root)?.lock()
            held.withLock { $0 = lock }
        }
        let error = await failure { try await lab.tag("v2") }
        #expect(error?.kind == .unavailable)
        #expect(error?.isTransient == true)
        #expect(
            error?.detail.contains("has held the lock of \(lab.folder.root)/team/app for more than 60 s")
                == true)
        let waits = Mutex(0)
        let patient = try LayoutLab.folder(lab.folder.root) {
            $0.pause = { _ in
                if waits.withLock({
                    $0 += 1; return $0
                }) == 3 {
                    held.withLock { $0 = nil }
                }
            }
        }
        try await lab.tag("v2", at: patient)
        #expect(waits.withLock { $0 } == 3)
        #expect(try await Set(lab.folder.tags(in: lab.home).tags) == ["v1", "v2"])
    }

    @Test("an index that is half written is read again, by readers and by writers")
    func half() async throws {
        let lab = try LayoutLab()
        try await lab.bring()
        try await lab.tag("v1")
        let whole = try lab.text("index.json")
        for length in [0, 1, whole.utf8.count / 2, whole.utf8.count - 1] {
            try lab.write(String(whole.prefix(length)), to: "index.json")
            let reader = try LayoutLab.folder(lab.folder.root) {
                $0.pause = { _ in try lab.write(whole, to: "index.json") }
            }
            #expect(try await reader.tags(in: lab.home) == .tags(["v1"]))
            try lab.write(String(whole.prefix(length)), to: "index.json")
            let writer = try LayoutLab.folder(lab.folder.root) {
                $0.pause = { _ in try lab.write(whole, to: "index.json") }
            }
            try await lab.tag("v2", at: writer)
            #expect(try await Set(lab.folder.tags(in: lab.home).tags) == ["v1", "v2"])
        }
    }

    @Test("one that stays broken is told, and is never written over")
    func broken() async throws {
        let lab = try LayoutLab()
        try await lab.bring()
        try await lab.tag("v1")
        try lab.write("{\"manifests\": [", to: "index.json")
        for error in [
            await failure { _ = try await lab.folder.tags(in: lab.home) },
            await failure { try await lab.tag("v2") },
        ] {
            #expect(error?.kind == .malformed)
            #expect(error?.detail.contains("\(lab.folder.root)/team/app/index.json can't be read") == true)
        }
        #expect(try lab.text("index.json") == "{\"manifests\": [")
    }

    @Test(
        "an index whose marker is lost or half written is never written over", arguments: [nil, "", "{\"im"])
    func unmarked(marker: String?) async throws {
        let lab = try LayoutLab()
        try await lab.bring()
        try await lab.tag("v1")
        let (whole, mark) = (try lab.text("index.json"), try lab.text("oci-layout"))
        @Sendable func spoil() throws {
            if let marker { return try lab.write(marker, to: "oci-layout") }
            try FileManager.default.removeItem(atPath: lab.path("oci-layout"))
        }
        try spoil()
        for error in [
            await failure { _ = try await lab.folder.resolve(.tag(Tag("v3")), in: lab.home) },
            await failure { try await lab.tag("v2") },
        ] {
            #expect(error?.kind == .malformed)
            #expect(error?.detail.contains("'oci-layout' beside it is not there or not whole") == true)
        }
        #expect(try lab.text("index.json") == whole)
        // Another tool that was about to write it comes to its end meanwhile.
        let writer = try LayoutLab.folder(lab.folder.root) {
            $0.pause = { _ in try lab.write(mark, to: "oci-layout") }
        }
        try await lab.tag("v2", at: writer)
        #expect(try await Set(lab.folder.tags(in: lab.home).tags) == ["v1", "v2"])
    }

    @Test("what a tool without a lock drops is put back without a blob")
    func dropped() async throws {
        let lab = try LayoutLab()
        try await lab.bring()
        try await lab.tag("v1")
        let old = try lab.text("index.json")
        try await lab.tag("v2")
        try lab.write(old, to: "index.json")
        #expect(try await lab.folder.resolve(.tag(Tag("v2")), in: lab.home) == nil)
        for bytes in [lab.images.config, lab.images.layer, lab.images.empty] {
            let blob = ConformanceImages.descriptor(of: bytes)
            #expect(
                try await lab.folder.putBlob(blob, from: .bytes([]), in: lab.home, mounting: nil) == .held)
        }
        try await lab.tag("v2")
        #expect(try await Set(lab.folder.tags(in: lab.home).tags) == ["v1", "v2"])
    }

    @Test("what changed behind davit's back is seen, although an index is read once")
    func seen() async throws {
        // As if every file were old enough to be remembered.
        let lab = try LayoutLab { $0.now = { .max } }
        try await lab.bring()
        try await lab.tag("v1")
        for _ in 0..<3 { #expect(try await lab.folder.tags(in: lab.home) == .tags(["v1"])) }
        try await lab.tag("v2", at: LayoutLab.folder(lab.folder.root))
        #expect(try await lab.folder.tags(in: lab.home) == .tags(["v1", "v2"]))
        try lab.write(lab.text("index.json").replacing("\"v2\"", with: "\"v2-new\""), to: "index.json")
        #expect(try await lab.folder.tags(in: lab.home) == .tags(["v1", "v2-new"]))
    }
}

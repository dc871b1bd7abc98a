import FoundationEssentials
import Glibc
import OCI
import Testing

@testable import Registry

@Suite("LayoutFolder") struct LayoutFolderTests {
    private func inode(_ path: String) throws -> UInt64 {
        let facts = try FileManager.default.attributesOfItem(atPath: path)
        return facts[.systemFileNumber] as? UInt64 ?? UInt64(facts[.systemFileNumber] as? Int ?? 0)
    }

    @Test("finds every repository, however deep, and nothing else")
    func lists() async throws {
        let lab = try LayoutLab()
        for name in ["a", "a/b/c", "a/b", "z"] {
            let repository = try RepositoryName(name)
            try await lab.bring(to: repository)
            try await lab.folder.put(lab.images.image, as: .tag(Tag("v1")), in: repository)
        }
        let other = try RepositoryName("a/only-blobs")
        try await lab.bring(to: other)
        for folder in ["Upper", ".hidden", "a/blobs/x", "deep/er"] {
            try FileManager.default.createDirectory(
                atPath: lab.root + "/" + folder, withIntermediateDirectories: true)
        }
        for folder in ["Upper", ".hidden", "a/blobs/x"] {
            try Data(#"{"imageLayoutVersion":"1.0.0"}"#.utf8).write(
                to: URL(filePath: "\(lab.root)/\(folder)/oci-layout"))
        }
        #expect(try await lab.folder.repositories().map(\.description) == ["a", "a/b", "a/b/c", "z"])
        #expect(try await lab.folder.tags(in: other) == .absent)
    }

    @Test("says so where the folder is not there, and makes it only in a folder that is")
    func missingRoot() async throws {
        let lab = try LayoutLab()
        let nowhere = try LayoutLab.folder(lab.temporary.path + "/unmounted/disk/images")
        #expect(await failure { try await nowhere.repositories() }?.kind == .notFound)
        #expect(try await nowhere.tags(in: lab.home) == .absent)
        let error = await failure { try await lab.bring(at: nowhere) }
        #expect(error?.kind == .notFound)
        #expect(error?.detail.contains("/unmounted/disk is not there") == true)
        #expect(!FileManager.default.fileExists(atPath: lab.temporary.path + "/unmounted"))
        try await lab.bring()
        #expect(FileManager.default.fileExists(atPath: lab.root))
    }

    @Test("no name and no link leads out of the root", arguments: ["repository", "blobs", "blob", "index"])
    func links(what: String) async throws {
        let lab = try LayoutLab()
        try await lab.bring()
        try await lab.tag("v1")
        let outside = lab.temporary.path + "/outside"
        let place =
            switch what {
            case "repository": "\(lab.root)/team"
            case "blobs": lab.path("blobs")
            case "blob": lab.path(of: lab.images.image.digest)
            default: lab.path("index.json")
            }
        try FileManager.default.moveItem(atPath: place, toPath: outside)
        try FileManager.default.createSymbolicLink(atPath: place, withDestinationPath: outside)
        let read = await failure { try await lab.folder.manifest(.tag(Tag("v1")), in: lab.home) }
        #expect(read?.kind == .refused)
        #expect(read?.detail.contains("is a link") == true)
        let before = try FileManager.default.subpathsOfDirectory(atPath: lab.temporary.path).sorted()
        let fresh = Array("something new".utf8)
        let written = await failure {
            _ = try await lab.folder.putBlob(
                ConformanceImages.descriptor(of: fresh), from: .bytes(fresh), in: lab.home, mounting: nil)
            try await lab.folder.put(lab.images.other, as: .tag(Tag("v2")), in: lab.home)
        }
        if what != "blob" { #expect(written?.kind == .refused) }
        let after = try FileManager.default.subpathsOfDirectory(atPath: lab.temporary.path).sorted()
        #expect(after.filter { $0.hasPrefix("outside") } == before.filter { $0.hasPrefix("outside") })
    }

    @Test(
        "no repository takes a name of a layout's own",
        arguments: ["team/blobs/x", "index.json", "a/oci-layout"])
    func reserved(name: String) async throws {
        let lab = try LayoutLab()
        let error = await failure { try await lab.bring(to: RepositoryName(name)) }
        #expect(error?.kind == .refused)
        #expect(error?.detail.contains("image layout's own") == true)
    }

    @Test("shares a neighbour's blob by a link, and copies it where none can be made")
    func mounts() async throws {
        let lab = try LayoutLab()
        let neighbour = try RepositoryName("team/neighbour")
        try await lab.bring()
        let layer = ConformanceImages.descriptor(of: lab.images.layer)
        let mounted = try await lab.folder.putBlob(layer, from: .bytes([]), in: neighbour, mounting: lab.home)
        #expect(mounted == .mounted)
        #expect(
            try inode(lab.path(of: layer.digest)) == inode(lab.path(of: layer.digest, in: neighbour)))
        // As between two devices that are mounted below one root.
        let linkless = try LayoutLab.folder(lab.temporary.path + "/linkless") { $0.linking = { _ in EXDEV } }
        try await lab.bring(at: linkless)
        let copied = try await linkless.putBlob(layer, from: .bytes([]), in: neighbour, mounting: lab.home)
        #expect(copied == .mounted)
        #expect(try await linkless.hasBlob(layer.digest, in: neighbour))
    }

    /// That a link's bytes are right is only seen where they are read: other bytes pass by it.
    @Test(
        "a neighbour's damaged blob is passed by",
        arguments: [("cut", true), ("cut", false), ("other", false), ("gone", true), ("gone", false)])
    func damagedNeighbour(how: String, linksWork: Bool) async throws {
        let lab = try LayoutLab { if !linksWork { $0.linking = { _ in EXDEV } } }
        let neighbour = try RepositoryName("team/neighbour")
        try await lab.bring()
        let layer = ConformanceImages.descriptor(of: lab.images.layer)
        var wrong = lab.images.layer
        wrong[0] ^= 1
        let path = lab.path(of: layer.digest)
        switch how {
        case "cut": try Data(wrong.dropLast()).write(to: URL(filePath: path))
        case "other": try Data(wrong).write(to: URL(filePath: path))
        default: try FileManager.default.removeItem(atPath: path)
        }
        let arrival = try await lab.folder.putBlob(
            layer, from: .bytes(lab.images.layer), in: neighbour, mounting: lab.home)
        #expect(arrival == .uploaded)
        let copy = try Data(contentsOf: URL(filePath: lab.path(of: layer.digest, in: neighbour)))
        #expect(Array(copy) == lab.images.layer)
        #expect(lab.drafts == [])
    }

    @Test("what is there is not brought again")
    func held() async throws {
        let lab = try LayoutLab()
        try await lab.bring()
        let layer = ConformanceImages.descriptor(of: lab.images.layer)
        let arrival = try await lab.folder.putBlob(
            layer,
            from: .whole { () async throws(RegistryError) in
                throw RegistryError(.notFound, at: "nowhere", while: "read", "blob")
            }, in: lab.home, mounting: nil)
        #expect(arrival == .held)
    }

    @Test("a blob that was cut short is taken away and brought anew")
    func damaged() async throws {
        let lab = try LayoutLab()
        try await lab.bring()
        let layer = ConformanceImages.descriptor(of: lab.images.layer)
        try Data("cut".utf8).write(to: URL(filePath: lab.path(of: layer.digest)))
        #expect(await failure { try await lab.tag("v1") }?.kind == .contentMissing)
        #expect(try await !lab.folder.hasBlob(layer.digest, in: lab.home))
        try await lab.bring()
        try await lab.tag("v1")
        try Data().write(to: URL(filePath: lab.path(of: layer.digest)))
        #expect(try await !lab.folder.hasBlob(layer.digest, in: lab.home), "an emptied file is no blob")
        try Data("x".utf8).write(to: URL(filePath: lab.path(of: lab.images.image.digest)))
        #expect(try await lab.folder.resolve(.tag(Tag("v1")), in: lab.home) == nil, "so that it is put again")
        #expect(try await lab.folder.resolve(.digest(lab.images.image.digest), in: lab.home) == nil)
        #expect(
            await failure { try await lab.folder.manifest(.digest(lab.images.image.digest), in: lab.home) }?
                .kind
                == .wrongBytes)
        try await lab.bring()
        try await lab.tag("v1")
        #expect(try await lab.folder.manifest(.tag(Tag("v1")), in: lab.home)?.bytes == lab.images.image.bytes)
    }

    @Test("between two roots bytes are copied and hashed, never linked")
    func roots() async throws {
        let lab = try LayoutLab()
        try await lab.bring()
        let other = try LayoutLab.folder(lab.temporary.path + "/other")
        let layer = ConformanceImages.descriptor(of: lab.images.layer)
        let arrival = try await other.putBlob(
            layer, from: lab.folder.blob(layer.digest, in: lab.home), in: lab.home, mounting: nil)
        #expect(arrival == .uploaded)
        let copy = "\(other.root)/team/app/blobs/sha256/\(layer.digest.hex)"
        #expect(try inode(copy) != inode(lab.path(of: layer.digest)))
        // The same length, other bytes: only a hash tells.
        var wrong = lab.images.layer
        wrong[0] ^= 1
        try Data(wrong).write(to: URL(filePath: lab.path(of: layer.digest)))
        let third = try RepositoryName("third")
        let error = await failure {
            try await other.putBlob(
                layer, from: lab.folder.blob(layer.digest, in: lab.home), in: third, mounting: nil)
        }
        #expect(error?.kind == .wrongBytes)
        #expect(try await !other.hasBlob(layer.digest, in: third))
    }
}

import FoundationEssentials
import OCI

@testable import Registry

/// A folder of layouts in a folder of its own, and images to put there.
struct LayoutLab {
    let temporary: TemporaryFolder
    let folder: LayoutFolder
    let images: ConformanceImages
    let home: RepositoryName

    init(_ change: (inout LayoutFolder.Settings) -> Void = { _ in }) throws {
        temporary = try TemporaryFolder()
        folder = try Self.folder(temporary.path + "/root", change)
        images = try ConformanceImages(salt: "layout")
        home = try RepositoryName("team/app")
    }

    /// A folder whose waits cost no time.
    static func folder(_ path: String, _ change: (inout LayoutFolder.Settings) -> Void = { _ in }) throws
        -> LayoutFolder
    {
        var settings = LayoutFolder.Settings()
        settings.pause = { _ in
            try Task.checkCancellation()
            await Task.yield()
        }
        change(&settings)
        return LayoutFolder(root: path, settings: settings)
    }

    /// The path of the folder.
    var root: String { folder.root.path }

    /// The path of something in the repository.
    func path(_ name: String, in repository: RepositoryName? = nil) -> String {
        "\(root)/\(repository ?? home)/\(name)"
    }

    /// The path of a blob.
    func path(of digest: Digest, in repository: RepositoryName? = nil) -> String {
        path("blobs/\(digest.algorithm.rawValue)/\(digest.hex)", in: repository)
    }

    /// Stores the blobs of the images.
    func bring(to repository: RepositoryName? = nil, at other: LayoutFolder? = nil) async throws {
        for bytes in [images.config, images.layer, images.empty] {
            _ = try await (other ?? folder).putBlob(
                ConformanceImages.descriptor(of: bytes), from: .bytes(bytes), in: repository ?? home,
                mounting: nil)
        }
    }

    /// Puts the image under a tag.
    func tag(_ name: String, at other: LayoutFolder? = nil) async throws {
        try await (other ?? folder).put(images.image, as: .tag(Tag(name)), in: home)
    }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path(name))), as: UTF8.self)
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path(name)))
    }

    /// The drafts that lie in the repository.
    var drafts: [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: path(".davit"))
        return (names ?? []).filter { $0.hasSuffix(".part") }
    }
}

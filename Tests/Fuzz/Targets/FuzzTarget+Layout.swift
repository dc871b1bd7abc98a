import OCI
import Registry

extension FuzzTarget {
    /// What can be read is written so that it can be read again, with all its names, and takes one more.
    static func layout(_ bytes: [UInt8]) {
        guard var index = try? LayoutIndex(bytes), let tag = try? Tag("fuzz") else { return }
        let names = Set(index.names)
        hold(Self.names(index.bytes) == names, "written anew it has other names")
        let manifest = Descriptor(
            mediaType: .ociManifest, digest: Digest(hashing: Array("fuzz".utf8)), size: 4)
        let isChange = index.set(tag, to: manifest)
        hold(index.descriptor(of: tag)?.digest == manifest.digest, "the tag stands for something else")
        hold(isChange || names.contains("fuzz"), "a new tag is no change")
        hold(Self.names(index.bytes) == names.union(["fuzz"]), "with one name more it has other names")
    }

    private static func names(_ bytes: [UInt8]) -> Set<String>? {
        (try? LayoutIndex(bytes)).map { Set($0.names) }
    }
}

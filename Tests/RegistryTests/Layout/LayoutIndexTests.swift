import Foundation
import OCI
import Testing

@testable import Registry

@Suite("LayoutIndex") struct LayoutIndexTests {
    private let first = Descriptor(
        mediaType: .ociManifest, digest: Digest(hashing: [1]), size: 10)
    private let second = Descriptor(mediaType: .ociIndex, digest: Digest(hashing: [2]), size: 20)

    /// An index as other tools write it: blanks, members and annotations of their own, odd entries.
    private var foreign: String {
        """
        {
          "schemaVersion": 2, "x-tool": {"manifests": [1, "]"]},
          "manifests": [
            {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "\(first.digest)", "size": 10,
             "annotations": { "org.opencontainers.image.ref.name" : "docker.io/library/alpine:3.18",
               "io.containerd.image.name": "docker.io/library/alpine:3.18", "\\u0041\\"": "}]," }},
            {"digest": 7}, "odd", null,
            {"size": 10, "digest": "\(first.digest)", "mediaType": "application/vnd.oci.image.manifest.v1+json",
             "annotations": {"org.opencontainers.image.ref.name": "v1"}, "platform": {"os": "linux", "architecture": "arm64"},
             "x": [[[]], {"y": 1e3}]}
          ],
          "annotations": {"a": "ü"}
        }

        """
    }

    @Test("keeps what other tools wrote, byte for byte")
    func keeps() throws {
        var index = try LayoutIndex(Array(foreign.utf8))
        #expect(
            String(decoding: index.bytes, as: UTF8.self).filter { !$0.isWhitespace }
                == foreign.filter { !$0.isWhitespace })
        let isChanged = index.set(try Tag("v2"), to: second)
        #expect(isChanged)
        let text = String(decoding: index.bytes, as: UTF8.self)
        let (start, end) = (
            try #require(foreign.range(of: "{\"media")), try #require(foreign.range(of: "}},"))
        )
        for piece: String in [
            String(foreign[..<start.lowerBound].dropLast(5)),
            foreign[start.lowerBound..<end.lowerBound] + "}},",
            #"{"digest": 7}"#, #""x": [[[]], {"y": 1e3}]}"#,
            "\"annotations\": {\"a\": \"ü\"}\n}\n",
        ] {
            #expect(text.contains(piece), "\(piece)")
        }
        let again = try LayoutIndex(index.bytes)
        #expect(again.descriptor(of: try Tag("v2"))?.digest == second.digest)
        #expect(again.descriptor(of: try Tag("v1"))?.digest == first.digest)
    }

    @Test("tells the names of tags and of whatever other tools took for one")
    func names() throws {
        let index = try LayoutIndex(Array(foreign.utf8))
        #expect(Set(index.names) == ["docker.io/library/alpine:3.18", "v1"])
    }

    @Test("writes nothing where a tag stands for the manifest already")
    func same() throws {
        var index = try LayoutIndex(Array(foreign.utf8))
        let isChanged = index.set(try Tag("v1"), to: first)
        #expect(!isChanged)
    }

    @Test("moves a tag in its place, and leaves no second entry of its name")
    func moves() throws {
        var index = LayoutIndex()
        let tag = try Tag("v1")
        var changes = [index.set(tag, to: first)]
        let entry = String(decoding: index.bytes, as: UTF8.self)
        let doubled = entry.replacing("]}", with: "," + entry.drop { $0 != "[" }.dropFirst())
        index = try LayoutIndex(Array(doubled.utf8))
        // Two entries of one name are made one.
        changes += [index.set(tag, to: first), index.set(tag, to: second)]
        #expect(index.names == ["v1"])
        #expect(index.descriptor(of: tag)?.digest == second.digest)
        #expect(!String(decoding: index.bytes, as: UTF8.self).contains(first.digest.description))
        changes.append(index.remove(second.digest))
        #expect(changes == [true, true, true, true])
        #expect(index.names == [])
        let emptied = try LayoutIndex(index.bytes)
        #expect(emptied.names == [])
    }

    @Test("takes the empty list that some tools write as null")
    func null() throws {
        var index = try LayoutIndex(Array(#"{"schemaVersion":2,"manifests": null ,"x":1}"#.utf8))
        _ = index.set(try Tag("v1"), to: first)
        #expect(String(decoding: index.bytes, as: UTF8.self).hasSuffix(#"] ,"x":1}"#))
        #expect(try LayoutIndex(index.bytes).names == ["v1"])
    }

    @Test("refuses what is no index, at every length of half a file")
    func halves() throws {
        var index = LayoutIndex()
        _ = try index.set(Tag("v1"), to: first)
        for length in 0..<index.bytes.count {
            #expect(throws: LayoutIndexError.self) { try LayoutIndex(Array(index.bytes.prefix(length))) }
        }
        for text in [
            "[]", "7", #"{"manifests":{}}"#, #"{"schemaVersion":2}"#, #"{"manifests":[],"manifests":[]}"#,
        ] {
            #expect(throws: LayoutIndexError.self, "\(text)") { try LayoutIndex(Array(text.utf8)) }
        }
    }

    @Test("bears any depth of what it does not know")
    func deep() throws {
        let depth = 100_000
        let text =
            #"{"x":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            + #","manifests":[]}"#
        _ = try? LayoutIndex(Array(text.utf8))
    }
}

import Foundation
import Testing

@testable import OCI

@Suite("PlatformCut") struct PlatformCutTests {
    static let amd = Digest(hashing: Array("amd".utf8))
    static let arm = Digest(hashing: Array("arm".utf8))
    static let windows = Digest(hashing: Array("windows".utf8))

    private static func entry(_ digest: Digest, _ platform: String?, _ more: String = "") -> String {
        let parts = (platform ?? "").split(separator: "/")
        let variant = parts.count > 2 ? #","variant":"\#(parts[2])""# : ""
        let named =
            platform == nil
            ? "" : #","platform":{"architecture":"\#(parts[1])","os":"\#(parts[0])"\#(variant)}"#
        let type = MediaType.ociManifest
        return #"{"mediaType":"\#(type)","digest":"\#(digest)","size":7\#(named)\#(more)}"#
    }

    private static func attestation(of digest: Digest, _ name: String) -> String {
        entry(
            Digest(hashing: Array(name.utf8)), "unknown/unknown",
            #","annotations":{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"\#(digest)"}"#
        )
    }

    /// An index as people write it, with all that may stand in one around the entries.
    private static let written = """
        {
          "schemaVersion": 2,
          "note}]": ["manifests", {"manifests": [1, "]"]}],
          "mediaType": "\(MediaType.ociIndex)",
          "artifactType" : "application/x.y",
          "manifests" : [
            \(entry(amd, "linux/amd64", #","annotations":{"a":"{\"]\\"},"unknown":[1.5e3,null,true]"#)),
              \(entry(arm, "linux/arm64/v8")) ,
            \(entry(windows, "windows/amd64")),
            \(attestation(of: amd, "a")),
            \(attestation(of: arm, "b"))
          ],
          "subject": {"mediaType":"x/y","digest":"\(amd)","size":1},
          "annotations": {"k": "v"}
        }

        """

    private func cut(_ text: String, _ selectors: String...) throws -> PlatformCut {
        let document = try ManifestDocument(bytes: Array(text.utf8), contentType: nil)
        return try PlatformCut(of: document, to: try selectors.map { try PlatformSelector($0) })
    }

    private func written(_ cut: PlatformCut) -> String { String(decoding: cut.document.bytes, as: UTF8.self) }

    @Test("cuts whole descriptors out of the text, and leaves every other byte")
    func bytes() throws {
        let cut = try self.cut(Self.written, "linux/arm64", "windows/amd64")
        let expected = Self.written.replacing(
            Self.entry(
                Self.amd, "linux/amd64", #","annotations":{"a":"{\"]\\"},"unknown":[1.5e3,null,true]"#
            )
                + ",\n      ", with: ""
        ).replacing("    " + Self.attestation(of: Self.amd, "a") + ",\n", with: "")
        #expect(written(cut) == expected)
        #expect(cut.images.map(\.digest) == [Self.arm, Self.windows])
        #expect(cut.missing.isEmpty && cut.refusal == nil)
        #expect(cut.document.mediaType == .ociIndex)
    }

    @Test("keeps the bytes and the order of what stays, whatever is kept", arguments: 0..<7)
    func everySubset(bits: Int) throws {
        let names = ["linux/amd64", "linux/arm64", "windows/amd64"]
        let all = try ManifestDocument(bytes: Array(Self.written.utf8), contentType: nil)
        let selectors = try names.indices.filter { bits >> $0 & 1 == 1 }.map {
            try PlatformSelector(names[$0])
        }
        let cut = try PlatformCut(of: all, to: selectors)
        guard bits != 0 else {
            #expect(cut.refusal != nil && cut.document == all)
            return
        }
        let before = try #require(ArraySlices(of: "manifests", in: all.bytes))
        let after = try #require(ArraySlices(of: "manifests", in: cut.document.bytes))
        let entries = before.elements.map { Array(all.bytes[$0]) }
        let kept = after.elements.map { Array(cut.document.bytes[$0]) }
        #expect(kept == entries.filter(kept.contains))
        // All else the index says is said as before.
        func others(_ bytes: [UInt8]) throws -> NSDictionary {
            var object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
            object["manifests"] = nil
            return object as NSDictionary
        }
        #expect(try others(cut.document.bytes) == others(all.bytes))
        #expect(try PlatformCut(of: all, to: selectors.reversed()) == cut)
    }

    @Test("leaves an index as it is where nothing is cut out")
    func whole() throws {
        let cut = try self.cut(Self.written, "linux/amd64", "linux/arm64", "windows/amd64")
        #expect(written(cut) == Self.written)
    }

    @Test("names the platforms that the index lacks")
    func missing() throws {
        let cut = try self.cut(Self.written, "linux/amd64", "linux/s390x", "linux/arm/v7")
        #expect(cut.missing.map(\.description) == ["linux/s390x", "linux/arm/v7"])
        #expect(cut.images.map(\.digest) == [Self.amd])
    }

    @Test("says why there is nothing to copy")
    func refusal() throws {
        let cut = try self.cut(Self.written, "linux/s390x")
        #expect(
            cut.refusal
                == "the source is not for linux/s390x; it is for linux/amd64, linux/arm64/v8, windows/amd64")
        #expect(cut.single == .refused(cut.refusal ?? ""))
        let nameless = try self.cut(ManifestText.index(.ociIndex, [Self.entry(Self.amd, nil)]), "linux/amd64")
        #expect(nameless.refusal == "the source is not for linux/amd64; it is for none that it names")
    }

    @Test("cuts a manifest list of Docker's as well, and keeps the hash function")
    func dockerList() throws {
        let text = ManifestText.index(
            .dockerList, [Self.entry(Self.amd, "linux/amd64"), Self.entry(Self.arm, "linux/arm64")])
        let document = try ManifestDocument(
            bytes: Array(text.utf8), contentType: MediaType.dockerList.rawValue, algorithm: .sha512)
        let cut = try PlatformCut(of: document, to: [try PlatformSelector("linux/arm64")])
        #expect(cut.document.mediaType == .dockerList && cut.document.digest.algorithm == .sha512)
        #expect(cut.document.children.map(\.digest) == [Self.arm])
    }

    @Test("takes the kind from the answer where the text does not name it")
    func unnamed() throws {
        let text = ManifestText.index(
            nil, [Self.entry(Self.amd, "linux/amd64"), Self.entry(Self.arm, "linux/arm64")])
        let document = try ManifestText.read(text, MediaType.dockerList.rawValue)
        let cut = try PlatformCut(of: document, to: [try PlatformSelector("linux/arm64")])
        #expect(cut.document.mediaType == .dockerList)
    }

    @Test("an index inside the index is one thing, by its own platform")
    func nested() throws {
        let inner = Self.entry(Self.amd, "linux/amd64").replacing(
            "\(MediaType.ociManifest)", with: "\(MediaType.ociIndex)")
        let text = ManifestText.index(.ociIndex, [inner, Self.entry(Self.arm, "linux/arm64")])
        let cut = try self.cut(text, "linux/amd64")
        #expect(cut.document.children.map(\.digest) == [Self.amd])
        guard case .refused(let why) = cut.single else {
            Issue.record("an index was flattened")
            return
        }
        #expect(why.contains("is an index of its own"))
    }

    @Test("an image by itself has nothing to choose from")
    func single() throws {
        let cut = try self.cut(ManifestText.image(), "linux/s390x")
        #expect(written(cut) == ManifestText.image())
        #expect(cut.refusal == nil && cut.missing.isEmpty)
        #expect(cut.single == .image(cut.document.descriptor))
    }

    @Test(
        "flattens to the one image, of several variants to the usual one",
        arguments: [
            (["linux/arm64/v8"], 0), (["linux/arm/v6", "linux/arm/v7"], 1),
            (["linux/arm/v5", "linux/arm"], 1),
            (["linux/amd64", "linux/amd64/v2", "linux/amd64/v3"], 0),
        ])
    func flattens(platforms: [String], index: Int) throws {
        let digests = platforms.map { Digest(hashing: Array($0.utf8)) }
        let text = ManifestText.index(.ociIndex, zip(digests, platforms).map { Self.entry($0, $1) })
        let name = platforms[0].split(separator: "/").prefix(2).joined(separator: "/")
        guard case .image(let image) = try self.cut(text, name).single else {
            Issue.record("nothing was left")
            return
        }
        #expect(image.digest == digests[index])
    }

    @Test("does not guess between images that are meant alike")
    func ambiguous() throws {
        let text = ManifestText.index(
            .ociIndex,
            [
                Self.entry(Self.amd, "linux/arm/v5"), Self.entry(Self.arm, "linux/arm/v6"),
            ])
        #expect(
            try self.cut(text, "linux/arm").single
                == .refused("'flatten' wants one image, and these are meant: linux/arm/v5, linux/arm/v6"))
    }

    @Test(
        "refuses a text that readers may read in two ways",
        arguments: [
            #"{"manifests":[],"mediaType":"\#(MediaType.ociIndex)","manifests":[]}"#,
            #"{"mediaType":"\#(MediaType.ociIndex)","m\u0061nifests":[\#(entry(amd, "linux/amd64"))]}"#,
        ])
    func twoWays(text: String) throws {
        let document = try ManifestDocument(bytes: Array(text.utf8), contentType: nil)
        let selectors = [try PlatformSelector("linux/amd64")]
        #expect(throws: ManifestError.self) { try PlatformCut(of: document, to: selectors) }
    }

    @Test("survives whatever an index is spoilt to")
    func spoilt() throws {
        let selectors = [try PlatformSelector("linux/arm64")]
        for (offset, byte) in stride(from: 0, to: Self.written.utf8.count, by: 3).flatMap({ offset in
            Array("\"{}[],:\\ x".utf8).map { (offset, $0) }
        }) {
            var bytes = Array(Self.written.utf8)
            bytes[offset] = byte
            guard let document = try? ManifestDocument(bytes: bytes, contentType: nil),
                let cut = try? PlatformCut(of: document, to: selectors)
            else { continue }
            // What comes out of it is an index again, of parts that were in it.
            #expect(Set(document.children.map(\.digest)).isSuperset(of: cut.document.children.map(\.digest)))
        }
    }
}

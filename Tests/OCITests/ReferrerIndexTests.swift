import Testing

@testable import OCI

@Suite("ReferrerIndex") struct ReferrerIndexTests {
    private func entry(_ text: String, _ more: String = "") -> String {
        #"{"mediaType": "a/b", "digest": "\#(Digest(hashing: Array(text.utf8)))", "size": 3\#(more)}"#
    }

    @Test("keeps what stands in it byte for byte, and puts what is new behind it")
    func adds() throws {
        let odd = entry(
            "a", #", "annotations" : {"x": "}],\"[{"} , "artifactType":"t/1", "unknown": [1, {"a": []}]"#)
        let text =
            "{ \"schemaVersion\":2,\n \"annotations\": {\"manifests\": \"[\"}, \"manifests\" : [ \(odd) ] ,\"z\":1.5e3}"
        let index = try ReferrerIndex(Array(text.utf8))
        #expect(index.entries.map(\.artifactType) == ["t/1"])
        #expect(index.entries.map { String(decoding: $0.bytes, as: UTF8.self) } == [odd])
        let more = try ReferrerIndex(Array(#"{"manifests":[\#(entry("b")),\#(entry("a"))]}"#.utf8)).entries
        let sum = index.adding(more)
        #expect(
            String(decoding: sum.bytes, as: UTF8.self)
                == text.replacing("\(odd) ]", with: "\(odd) ,\(entry("b"))]"))
        #expect(try ReferrerIndex(sum.bytes) == sum)
        #expect(sum.adding(more) == sum)
    }

    @Test("begins with nothing, and is then an index that registries take")
    func empty() throws {
        let one = try ReferrerIndex(Array(#"{"manifests":[\#(entry("b"))]}"#.utf8)).entries
        let list = ReferrerIndex.empty.adding(one)
        let document = try ManifestDocument(bytes: list.bytes, contentType: nil)
        #expect(document.mediaType == .ociIndex)
        #expect(document.children.map(\.digest) == [Digest(hashing: Array("b".utf8))])
        #expect(try ReferrerIndex(Array(#"{"manifests": null}"#.utf8)).entries == [])
        #expect(try ReferrerIndex(Array(#"{"manifests":[]}"#.utf8)).adding(one).entries.count == 1)
    }

    @Test(
        "refuses what is no list",
        arguments: [
            "", "{", "[]", "{}", #"{"manifests"}"#, #"{"manifests":{}}"#, #"{"manifests":["#,
            #"{"manifests":[{}]}"#,
            #"{"manifests":[1]}"#, #"{"manifests":[],"manifests":[]}"#, #"{"manifests":[]"#, #"{"a":"\"#,
            #"{"manifests":[{"digest":"sha256:x"}]}"#, #"{"manifests":[}"#, #"{"manifests":nul"#,
        ])
    func refuses(text: String) {
        #expect(throws: ManifestError.self) { try ReferrerIndex(Array(text.utf8)) }
    }

    @Test("survives any cut and any changed byte")
    func mutated() throws {
        let text = Array(
            #"{"schemaVersion":2,"manifests":[\#(entry("a")),\#(entry("b", #","x":"\u0041"#))],"k":[]}"#.utf8)
        for cut in text.indices {
            #expect(throws: ManifestError.self) { try ReferrerIndex(Array(text[..<cut])) }
        }
        for position in text.indices {
            for byte in [UInt8(0), 0x22, 0x5B, 0x5D, 0x7B, 0x7D, 0x2C, 0x5C, 0xFF] {
                var changed = text
                changed[position] = byte
                _ = try? ReferrerIndex(changed)
            }
        }
    }

    @Test("names the tags that are about a digest, and cuts a longer one")
    func tags() throws {
        let long = Digest(hashing: [], by: .sha512)
        for digest in [Digest(hashing: []), long] {
            for kind in AttachedTag.allCases {
                let tag = kind.tag(for: digest)
                #expect(tag.isInternal)
                #expect(try Tag(tag.description) == tag)
            }
        }
        #expect(AttachedTag.referrers.tag(for: long).description == "sha512-\(long.hex.prefix(64))")
    }

    @Test("reads what a manifest is about, and what it says to be")
    func attachment() throws {
        let digest = Digest(hashing: [])
        let part = #"{"mediaType":"c/d","digest":"\#(digest)","size":0}"#
        let head = #"{"mediaType":"\#(MediaType.ociManifest)","config":\#(part),"layers":[]"#
        func read(_ more: String) throws -> OCI.Attachment {
            OCI.Attachment(of: try ManifestDocument(bytes: Array((head + more + "}").utf8), contentType: nil))
        }
        #expect(try read("") == OCI.Attachment(subject: nil, artifactType: "c/d"))
        #expect(
            try read(#","artifactType":"","subject":\#(part)"#)
                == OCI.Attachment(subject: digest, artifactType: "c/d"))
        #expect(try read(#","artifactType":"x/y""#).artifactType == "x/y")
    }
}

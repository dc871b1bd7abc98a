import OCI
import Testing

@Suite("ManifestDocument, what it refuses") struct ManifestErrorTests {
    @Test(
        "refuses Docker's schema 1",
        arguments: [
            #"{"schemaVersion": 1, "name": "a", "tag": "b", "fsLayers": [{"blobSum": "x"}], "history": []}"#,
            #"{"schemaVersion": 1}"#, #"{"fsLayers": []}"#,
        ])
    func refusesSchema1(text: String) {
        #expect(throws: ManifestError.schema1) {
            try ManifestText.read(text, "application/vnd.docker.distribution.manifest.v1+prettyjws")
        }
    }

    @Test("refuses a document that calls itself otherwise than the registry does")
    func refusesDisagreement() {
        #expect(throws: ManifestError.disagreement(sent: .ociIndex, written: .ociManifest)) {
            try ManifestText.read(ManifestText.image(.ociManifest), MediaType.ociIndex.rawValue)
        }
        #expect(throws: ManifestError.disagreement(sent: .dockerManifest, written: .ociManifest)) {
            try ManifestText.read(
                ManifestText.image(.ociManifest), MediaType.dockerManifest.rawValue + "; a=b")
        }
    }

    @Test("refuses kinds that it does not know")
    func refusesUnknownKinds() {
        let type = MediaType(rawValue: "application/vnd.example.v9+json")
        #expect(throws: ManifestError.unsupported(type)) { try ManifestText.read(ManifestText.image(type)) }
        #expect(throws: ManifestError.unsupported(type)) {
            try ManifestText.read(ManifestText.image(nil), type.rawValue)
        }
        #expect(throws: ManifestError.unsupported(MediaType(rawValue: ""))) {
            try ManifestText.read(ManifestText.image(MediaType(rawValue: "")))
        }
    }

    /// What must not stand together: one reader would see an image, another an index.
    @Test(
        "refuses a manifest of two minds",
        arguments: [
            #"{"mediaType": "\#(MediaType.ociIndex)", "manifests": [], "layers": []}"#,
            #"{"mediaType": "\#(MediaType.ociManifest)", "manifests": [], "layers": [], "config": \#(descriptor)}"#,
            #"{"manifests": [], "config": \#(descriptor)}"#,
        ])
    func refusesTwoMinds(text: String) { refuses(text) }

    static let descriptor = ManifestText.descriptor(ManifestText.config)

    @Test(
        "says what is malformed",
        arguments: [
            "", " ", "null", "true", "1", "\"text\"", "[]", "{", "}", "{]", "{\"a\"}", "{\"a\":}",
            "{\"schemaVersion\":2,}",
            "{}", #"{"schemaVersion": "2"}"#, #"{"schemaVersion": 2.5}"#,
            #"{"schemaVersion": 99999999999999999999}"#,
            #"{"mediaType": 7}"#, #"{"mediaType": []}"#, #"{"config": 7, "layers": []}"#,
            #"{"config": {}, "layers": []}"#, #"{"config": \#(descriptor)}"#,
            #"{"config": \#(descriptor), "layers": {}}"#,
            #"{"config": \#(descriptor), "layers": [7]}"#, #"{"config": \#(descriptor), "layers": [null]}"#,
            #"{"layers": []}"#, #"{"mediaType": "\#(MediaType.ociIndex)"}"#, #"{"manifests": {}}"#,
            #"{"manifests": [{"digest": "sha256:1", "size": 1, "mediaType": "a/b"}]}"#,
            #"{"manifests": [\#(descriptor)"#, #"{"manifests": [\#(descriptor)]} and more"#, "\u{0}{}",
        ])
    func saysWhatIsMalformed(text: String) { refuses(text) }

    @Test(
        "refuses sizes that can't be",
        arguments: ["-1", "1.5", "\"7\"", "null", "9223372036854775808", "1e400"])
    func refusesSizes(size: String) {
        refuses(ManifestText.image(layers: [ManifestText.descriptor(ManifestText.first, size: size)]))
        refuses(ManifestText.index(.ociIndex, [ManifestText.descriptor(ManifestText.first, size: size)]))
    }

    @Test("names the key that is missing or wrong")
    func namesTheKey() throws {
        let missing = #"{"config": \#(Self.descriptor), "layers": [{"mediaType": "a/b", "size": 7}]}"#
        #expect(throws: ManifestError.malformed("'digest' is missing")) { try ManifestText.read(missing) }
        #expect(throws: ManifestError.malformed("'schemaVersion' has a wrong type")) {
            try ManifestText.read(#"{"schemaVersion": "2"}"#)
        }
        #expect(throws: ManifestError.malformed("\(ManifestText.first) has a negative size")) {
            try ManifestText.read(
                ManifestText.image(layers: [ManifestText.descriptor(ManifestText.first, size: "-7")]))
        }
    }

    @Test("refuses text that is no UTF-8")
    func refusesOtherEncodings() {
        #expect(throws: ManifestError.self) {
            try ManifestDocument(bytes: [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x3A, 0x31, 0x7D], contentType: nil)
        }
    }

    @Test("survives a nesting that no manifest has", arguments: ["[", "{\"a\":", "{\"layers\":["])
    func survivesNesting(unit: String) {
        refuses(String(repeating: unit, count: 200_000))
    }

    private func refuses(_ text: String) {
        do {
            let document = try ManifestText.read(text)
            Issue.record("read as \(document.content)")
        } catch {
            #expect(
                {
                    if case .malformed = error { true } else { false }
                }(), "\(error)")
            #expect(error.description.count > "the manifest is malformed: ".count)
        }
    }
}

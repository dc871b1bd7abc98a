import OCI
import Testing

import struct Lab.Random

@Suite("ManifestDocument, fed with anything") struct ManifestFuzzTests {
    @Test("ends with a document or an error, never otherwise", arguments: 0..<20)
    func randomBytes(seed: Int) {
        var random = Random(seed: UInt64(seed))
        for _ in 0..<100 {
            let count = Int.random(in: 0...300, using: &random)
            check((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }, &random)
        }
    }

    @Test("ends well with manifests that were tampered with", arguments: 0..<20)
    func tampered(seed: Int) {
        var random = Random(seed: UInt64(seed) + 1000)
        let texts = [
            ManifestText.image(), ManifestText.image(nil),
            ManifestText.index(
                .ociIndex, [ManifestText.descriptor(ManifestText.first, more: #", "platform": {}"#)]),
            #"{"schemaVersion": 1, "fsLayers": []}"#,
        ]
        for _ in 0..<100 {
            var bytes = Array(texts.randomElement(using: &random)!.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = Array("{}[]\",:0-9e\\".utf8).randomElement(using: &random)!
                case 1 where bytes.count > 1: bytes.remove(at: place)
                default: bytes.insert(bytes[bytes.count - 1 - place], at: place)
                }
            }
            check(bytes, &random)
        }
    }

    private func check(_ bytes: [UInt8], _ random: inout Random) {
        let type = (MediaType.manifests.map(\.rawValue) + ["", "a/b"]).randomElement(using: &random)
        guard let document = try? ManifestDocument(bytes: bytes, contentType: type) else { return }
        #expect(document.bytes == bytes)
        #expect(document.digest == Digest(hashing: bytes))
        #expect(document.blobs.allSatisfy { $0.size >= 0 && !$0.mediaType.isForeign })
        #expect(document.children.isEmpty || document.blobs.isEmpty)
    }
}

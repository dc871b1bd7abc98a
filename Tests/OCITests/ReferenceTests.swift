import OCI
import Testing

@Suite("Reference") struct ReferenceTests {
    @Test("is the text that stands in a path")
    func describes() throws {
        let digest = Digest(hashing: [])
        #expect(try Reference.tag(Tag("v1")).description == "v1")
        #expect(Reference.digest(digest).description == digest.description)
    }

    @Test("knows its digest, where it is one")
    func digest() throws {
        let digest = Digest(hashing: [])
        #expect(Reference.digest(digest).digest == digest)
        #expect(try Reference.tag(Tag("v1")).digest == nil)
    }
}

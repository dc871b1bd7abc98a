import Foundation
import OCI
import Testing

@Suite("MediaType") struct MediaTypeTests {
    @Test(
        "is read from a Content-Type",
        arguments: [
            ("application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.index.v1+json"),
            ("Application/VND.OCI.image.index.v1+JSON", "application/vnd.oci.image.index.v1+json"),
            ("application/json; charset=utf-8", "application/json"), (" text/plain ;q=1", "text/plain"),
            ("", ""),
            (";", ""),
        ])
    func reads(field: String, name: String) {
        #expect(MediaType(contentType: field).rawValue == name)
    }

    @Test("tells indexes from images")
    func isIndex() {
        #expect(MediaType.manifests.filter(\.isIndex) == [.ociIndex, .dockerList])
    }

    @Test(
        "knows the layers that may not be handed on",
        arguments: [
            ("application/vnd.oci.image.layer.nondistributable.v1.tar", true),
            ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", true),
            ("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", true),
            ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", true),
            ("application/vnd.docker.image.rootfs.foreign.diff.tar", true),
            ("application/vnd.docker.image.rootfs.diff.tar.gzip", false),
            ("application/vnd.oci.image.layer.v1.tar+gzip", false), ("", false),
        ])
    func isForeign(name: String, foreign: Bool) {
        #expect(MediaType(rawValue: name).isForeign == foreign)
    }

    @Test("is text in JSON")
    func codes() throws {
        let data = try JSONEncoder().encode([MediaType(rawValue: "a/b")])
        #expect(try JSONDecoder().decode([String].self, from: data) == [#"a/b"#])
        #expect(try JSONDecoder().decode([MediaType].self, from: data) == [MediaType(rawValue: "a/b")])
    }
}

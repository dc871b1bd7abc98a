import OCI

/// Texts of manifests, as registries send them.
enum ManifestText {
    static let config = Digest(hashing: Array("config".utf8))
    static let first = Digest(hashing: Array("first".utf8))
    static let second = Digest(hashing: Array("second".utf8))

    static func descriptor(
        _ digest: Digest, _ type: String = "application/vnd.oci.image.layer.v1.tar+gzip", size: String = "7",
        more: String = ""
    ) -> String {
        #"{"mediaType": "\#(type)", "digest": "\#(digest)", "size": \#(size)\#(more)}"#
    }

    static func image(
        _ type: MediaType? = .ociManifest, configType: String = "application/vnd.oci.image.config.v1+json",
        layers: [String] = [descriptor(first), descriptor(second)]
    ) -> String {
        let own = type.map { #""mediaType": "\#($0)", "# } ?? ""
        let config = descriptor(config, configType)
        return
            #"{"schemaVersion": 2, \#(own)"config": \#(config), "layers": [\#(layers.joined(separator: ","))]}"#
    }

    static func index(_ type: MediaType? = .ociIndex, _ children: [String]) -> String {
        let own = type.map { #""mediaType": "\#($0)", "# } ?? ""
        return #"{"schemaVersion": 2, \#(own)"manifests": [\#(children.joined(separator: ","))]}"#
    }

    static func read(_ text: String, _ contentType: String? = nil) throws(ManifestError) -> ManifestDocument {
        try ManifestDocument(bytes: Array(text.utf8), contentType: contentType)
    }
}

import OCI

/// The content that the conformance suite stores: small, and of its own on every run.
struct ConformanceImages {
    let config: [UInt8]
    let layer: [UInt8]
    let empty: [UInt8] = []
    /// An image of the config, the layer and the empty layer, with blanks that no encoder would write.
    let image: ManifestDocument
    /// Another image of the same blobs.
    let other: ManifestDocument
    /// An index of the image.
    let index: ManifestDocument

    init(salt: String) throws {
        config = Array(#"{"os": "linux", "architecture": "amd64", "salt": "\#(salt)"}"#.utf8)
        layer = Array("a layer of \(salt)".utf8)
        let blobs = [config, layer, empty].map { (Digest(hashing: $0), $0.count) }
        func manifest(_ note: String) throws -> ManifestDocument {
            let layers = blobs.dropFirst().map { digest, size in
                #"{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"\#(digest)","size":\#(size)}"#
            }
            let text = """
                {"schemaVersion": 2,   "mediaType": "application/vnd.oci.image.manifest.v1+json",
                 "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                            "digest": "\(blobs[0].0)", "size": \(blobs[0].1)},
                 "layers": [\(layers.joined(separator: ",  "))],
                 "annotations": {"z": "\(note)", "a": "ü"}}

                """
            return try ManifestDocument(bytes: Array(text.utf8), contentType: nil)
        }
        image = try manifest("first")
        other = try manifest("second")
        let text = """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[
            {"mediaType":"\(image.mediaType)","digest":"\(image.digest)","size":\(image.bytes.count),
             "platform":{"os":"linux","architecture":"amd64"}}]}
            """
        index = try ManifestDocument(bytes: Array(text.utf8), contentType: nil)
    }

    /// The descriptor of a blob.
    static func descriptor(of bytes: [UInt8]) -> Descriptor {
        Descriptor(
            mediaType: MediaType(rawValue: "application/octet-stream"), digest: Digest(hashing: bytes),
            size: Int64(bytes.count))
    }
}

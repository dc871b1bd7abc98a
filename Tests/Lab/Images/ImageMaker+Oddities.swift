extension ImageMaker {
    /// An index whose only child is another index, over one image of the shape.
    public func nestedIndex(_ repository: String = "lab/r001", _ tag: String = "nested") throws -> MadeImage {
        var image = try image(repository, tag)
        for _ in 0..<2 {
            guard let child = image.manifests.last else { break }
            let json =
                #"{"schemaVersion":2,"mediaType":"\#(MediaTypes.oci.index)","#
                + #""manifests":[\#(child.descriptor())]}"#
            image.manifests.append(MadeManifest(json, mediaType: MediaTypes.oci.index, by: shape.algorithm))
        }
        return image
    }

    /// An artifact whose config type nobody knows and whose only layer is no tar.
    public func artifact(_ repository: String = "lab/r001", _ tag: String = "artifact") -> MadeImage {
        let config = MadeBlob(Array("{}".utf8), by: shape.algorithm)
        let content = MadeBlob(Array("wind: north-west, seed: \(shape.seed)\n".utf8), by: shape.algorithm)
        return single(
            repository, tag, blobs: [content, config],
            config: config.descriptor("application/vnd.example.unknown.config.v7+json"),
            layers: [content.descriptor("application/vnd.example.weather")])
    }

    /// An image one of whose layers has no byte at all.
    public func emptyBlob(_ repository: String = "lab/r001", _ tag: String = "empty") -> MadeImage {
        let config = MadeBlob(Array("{}".utf8), by: shape.algorithm)
        let nothing = MadeBlob([], by: shape.algorithm)
        return single(
            repository, tag, blobs: [nothing, config],
            config: config.descriptor("application/vnd.oci.empty.v1+json"),
            layers: [nothing.descriptor("application/octet-stream")])
    }

    /// A Docker image with a foreign layer below its own, which lies behind a URL and in no registry.
    public func foreignLayer(_ repository: String = "lab/r001", _ tag: String = "foreign") throws -> MadeImage
    {
        let own = try MadeBlob.layer("foreign/\(shape.seed)/own", size: 2_048, by: shape.algorithm)
        let far = try MadeBlob.layer("foreign/\(shape.seed)/far", size: 2_048, by: shape.algorithm)
        let insides = [far, own].compactMap(\.inside).map { #""\#($0)""# }.joined(separator: ",")
        let config = MadeBlob(
            Array(
                (#"{"architecture":"amd64","os":"windows","#
                    + #""rootfs":{"type":"layers","diff_ids":[\#(insides)]}}"#)
                    .utf8), by: shape.algorithm)
        let types = MediaTypes.docker
        let listed = [
            far.descriptor(MediaTypes.foreignLayer, #","urls":["https://layers.example.com/far"]"#),
            own.descriptor(types.layer),
        ].joined(separator: ",")
        let json =
            #"{"schemaVersion":2,"mediaType":"\#(types.manifest)","#
            + #""config":\#(config.descriptor(types.config)),"layers":[\#(listed)]}"#
        let manifest = MadeManifest(json, mediaType: types.manifest, by: shape.algorithm)
        return MadeImage(repository: repository, tag: tag, blobs: [own, config], manifests: [manifest])
    }

    private func single(
        _ repository: String, _ tag: String, blobs: [MadeBlob], config: String, layers: [String]
    ) -> MadeImage {
        let type = MediaTypes.oci.manifest
        let json =
            #"{"schemaVersion":2,"mediaType":"\#(type)","config":\#(config),"#
            + #""layers":[\#(layers.joined(separator: ","))]}"#
        let manifest = MadeManifest(json, mediaType: type, by: shape.algorithm)
        return MadeImage(repository: repository, tag: tag, blobs: blobs, manifests: [manifest])
    }
}

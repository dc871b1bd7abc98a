/// The media types of one family.
struct MediaTypes: Sendable {
    let manifest: String
    let index: String
    let config: String
    let layer: String

    static let oci = MediaTypes(
        manifest: "application/vnd.oci.image.manifest.v1+json",
        index: "application/vnd.oci.image.index.v1+json",
        config: "application/vnd.oci.image.config.v1+json",
        layer: "application/vnd.oci.image.layer.v1.tar+gzip")

    static let docker = MediaTypes(
        manifest: "application/vnd.docker.distribution.manifest.v2+json",
        index: "application/vnd.docker.distribution.manifest.list.v2+json",
        config: "application/vnd.docker.container.image.v1+json",
        layer: "application/vnd.docker.image.rootfs.diff.tar.gzip")

    static let foreignLayer = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"

    /// What a client says it takes.
    static let accept = [oci.manifest, oci.index, docker.manifest, docker.index].joined(separator: ", ")
}

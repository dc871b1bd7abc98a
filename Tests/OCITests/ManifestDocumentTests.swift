import OCI
import Testing

@Suite("ManifestDocument") struct ManifestDocumentTests {
    @Test("reads images of both kinds", arguments: [MediaType.ociManifest, .dockerManifest])
    func readsImages(type: MediaType) throws {
        let text = ManifestText.image(type)
        let document = try ManifestText.read(text, type.rawValue)
        #expect(document.mediaType == type)
        #expect(document.bytes == Array(text.utf8))
        #expect(document.digest == Digest(hashing: Array(text.utf8)))
        #expect(
            document.blobs.map(\.digest) == [ManifestText.config, ManifestText.first, ManifestText.second])
        #expect(document.blobs.map(\.size) == [7, 7, 7])
        #expect(document.children.isEmpty)
        #expect(document.descriptor.size == Int64(text.utf8.count))
    }

    @Test("reads indexes of both kinds", arguments: [MediaType.ociIndex, .dockerList])
    func readsIndexes(type: MediaType) throws {
        let platform =
            #", "platform": {"os": "linux", "architecture": "arm", "variant": "v7", "os.version": "1"}"#
        let nested = ManifestText.descriptor(ManifestText.second, MediaType.ociIndex.rawValue)
        let document = try ManifestText.read(
            ManifestText.index(
                type,
                [
                    ManifestText.descriptor(
                        ManifestText.first, MediaType.ociManifest.rawValue, more: platform), nested,
                ]))
        #expect(document.mediaType == type)
        #expect(document.children.map(\.digest) == [ManifestText.first, ManifestText.second])
        #expect(document.children.map(\.platform?.description) == ["linux(1)/arm/v7", nil])
        #expect(document.children.last?.mediaType == .ociIndex)
        #expect(document.blobs.isEmpty)
    }

    @Test(
        "knows a manifest without a mediaType by the answer's, else by what stands in it",
        arguments: [
            (ManifestText.image(nil), nil, MediaType.ociManifest),
            (ManifestText.image(nil), "application/json", .ociManifest),
            (ManifestText.image(nil), "text/plain; charset=utf-8", .ociManifest),
            (
                ManifestText.image(nil), "application/vnd.docker.distribution.manifest.v2+json",
                .dockerManifest
            ),
            (ManifestText.index(nil, []), nil, .ociIndex),
            (
                ManifestText.index(nil, []), "application/vnd.docker.distribution.manifest.list.v2+json",
                .dockerList
            ),
            (ManifestText.image(.dockerManifest), "application/json", .dockerManifest),
            (ManifestText.image(.dockerManifest), "application/octet-stream", .dockerManifest),
        ] as [(String, String?, MediaType)])
    func knowsTheType(text: String, contentType: String?, type: MediaType) throws {
        #expect(try ManifestText.read(text, contentType).mediaType == type)
    }

    @Test("takes artifacts, whatever their config is")
    func readsArtifacts() throws {
        let helm = ManifestText.image(configType: "application/vnd.cncf.helm.config.v1+json")
        #expect(try ManifestText.read(helm).blobs.count == 3)
        let empty = ManifestText.image(configType: "application/vnd.oci.empty.v1+json", layers: [])
        #expect(try ManifestText.read(empty).blobs.map(\.digest) == [ManifestText.config])
        let blob = ManifestText.descriptor(ManifestText.first, "text/x")
        let artifact =
            #"{"mediaType": "\#(MediaType.ociArtifact)", "artifactType": "x/y", "blobs": [\#(blob)]}"#
        #expect(try ManifestText.read(artifact).blobs.map(\.digest) == [ManifestText.first])
        let bare = #"{"mediaType": "\#(MediaType.ociArtifact)", "artifactType": "x/y"}"#
        #expect(try ManifestText.read(bare).blobs.isEmpty)
    }

    @Test("names each blob and child once, in order, and no foreign layer")
    func namesOnce() throws {
        let (first, second) = (
            ManifestText.descriptor(ManifestText.first), ManifestText.descriptor(ManifestText.second)
        )
        let foreign = ManifestText.descriptor(
            ManifestText.second, "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")
        let image = try ManifestText.read(ManifestText.image(layers: [first, foreign, first]))
        #expect(image.blobs.map(\.digest) == [ManifestText.config, ManifestText.first])
        let plain = try ManifestText.read(ManifestText.image(layers: [second, second, first]))
        #expect(plain.blobs.map(\.digest) == [ManifestText.config, ManifestText.second, ManifestText.first])
        let index = try ManifestText.read(ManifestText.index(.ociIndex, [second, first, second]))
        #expect(index.children.map(\.digest) == [ManifestText.second, ManifestText.first])
    }

    @Test("keeps empty layers")
    func keepsEmptyLayers() throws {
        let empty = ManifestText.descriptor(Digest(hashing: []), size: "0")
        #expect(try ManifestText.read(ManifestText.image(layers: [empty])).blobs.map(\.size) == [7, 0])
    }

    @Test("hashes with the function that it was asked by")
    func hashesWithSHA512() throws {
        let bytes = Array(ManifestText.image().utf8)
        let document = try ManifestDocument(bytes: bytes, contentType: nil, algorithm: .sha512)
        #expect(document.digest == Digest(hashing: bytes, by: .sha512))
        #expect(document.descriptor.digest.algorithm == .sha512)
    }

    @Test("is the same where digest and kind are")
    func compares() throws {
        let first = try ManifestText.read(ManifestText.image())
        let same = try ManifestText.read(ManifestText.image())
        let other = try ManifestText.read(ManifestText.image() + " ")
        #expect(first == same)
        #expect(first != other)
        #expect(Set([first, same, other]).count == 2)
    }
}

import COpenSSL
import Foundation

extension MadeImage {
    /// A signature of the image as cosign stores it: an image of its own, under a tag made of the digest. The key is
    /// made of the seed, and so the same on every run.
    public func cosignSignature(seed: Int = 1) throws -> MadeImage {
        let payload =
            #"{"critical":{"identity":{"docker-reference":"\#(repository)"},"#
            + #""image":{"docker-manifest-digest":"\#(digest)"},"type":"cosign container image signature"},"#
            + #""optional":null}"#
        let layer = MadeBlob(Array(payload.utf8))
        let sum = try Self.signature(of: Array(payload.utf8), seed: seed)
        let signed = layer.descriptor(
            "application/vnd.dev.cosign.simplesigning.v1+json",
            #","annotations":{"dev.cosignproject.cosign/signature":"\#(Data(sum).base64EncodedString())"}"#)
        let config = MadeBlob(
            Array(
                (#"{"architecture":"","os":"","config":{},"#
                    + #""rootfs":{"type":"layers","diff_ids":["\#(layer.digest)"]}}"#).utf8))
        let json =
            #"{"schemaVersion":2,"mediaType":"\#(MediaTypes.oci.manifest)","#
            + #""config":\#(config.descriptor(MediaTypes.oci.config)),"layers":[\#(signed)]}"#
        return MadeImage(
            repository: repository, tag: internalTag + ".sig", blobs: [layer, config],
            manifests: [MadeManifest(json, mediaType: MediaTypes.oci.manifest)])
    }

    /// A referrer of the image and the list that names it, under the fallback tag
    /// (distribution-spec, "Referrers Tag Schema").
    public func withReferrer(_ text: String, type: String) -> MadeImage {
        let content = MadeBlob(Array(text.utf8))
        let config = MadeBlob(Array("{}".utf8))
        let subject = manifests.last?.descriptor() ?? ""
        let json =
            #"{"schemaVersion":2,"mediaType":"\#(MediaTypes.oci.manifest)","artifactType":"\#(type)","#
            + #""config":\#(config.descriptor("application/vnd.oci.empty.v1+json")),"#
            + #""layers":[\#(content.descriptor(type))],"subject":\#(subject)}"#
        let referrer = MadeManifest(json, mediaType: MediaTypes.oci.manifest)
        let named = referrer.descriptor(#","artifactType":"\#(type)""#)
        let list = #"{"schemaVersion":2,"mediaType":"\#(MediaTypes.oci.index)","manifests":[\#(named)]}"#
        return MadeImage(
            repository: repository, tag: internalTag, blobs: [content, config],
            manifests: [referrer, MadeManifest(list, mediaType: MediaTypes.oci.index)])
    }

    private var internalTag: String { digest.replacingOccurrences(of: ":", with: "-") }

    /// An Ed25519 signature, which has no chance in it.
    private static func signature(of bytes: [UInt8], seed: Int) throws -> [UInt8] {
        let secret = Array(sha256(Array("harbour-office/\(seed)".utf8)))
        let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, secret, secret.count)
        let context = EVP_MD_CTX_new()
        defer {
            EVP_PKEY_free(key)
            EVP_MD_CTX_free(context)
        }
        var length = 64
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1
        else { throw LabError("could not sign") }
        return signature
    }
}

extension Shape {
    /// What the demo ships: two repositories of three tags for two platforms, small enough to be kept in git.
    public static let demo = Shape {
        $0.prefix = "harbour/app"
        $0.repositories = 2
        $0.tags = 3
        $0.layerSizes = [2_048, 2_048]
        $0.shareAcross = 0.5
        $0.platforms = ["linux/amd64", "linux/arm64"]
    }

    /// Its images, with a signature and a bill of materials of the last one.
    public static func demoImages() throws -> [MadeImage] {
        let images = try ImageMaker(.demo).images()
        guard let last = images.last else { return images }
        let bill = #"{"spdxVersion":"SPDX-2.3","name":"\#(last.repository)","packages":[]}"#
        return try images + [last.cosignSignature(), last.withReferrer(bill, type: "application/spdx+json")]
    }
}

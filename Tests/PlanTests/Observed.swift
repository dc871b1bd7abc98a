import Desired
import OCI
import Plan

/// Makes what a look may have found.
enum Observed {
    static func digest(_ text: String) -> Digest { Digest(hashing: Array(text.utf8)) }

    /// An image of blobs that are named by texts, each as long as its text.
    static func image(_ blobs: [String], size: Int64? = nil) throws -> ManifestDocument {
        let parts = blobs.map {
            #"{"mediaType": "a/b", "digest": "\#(digest($0))", "size": \#(size ?? Int64($0.utf8.count))}"#
        }
        let layers = parts.dropFirst().joined(separator: ",")
        let text =
            #"{"mediaType": "\#(MediaType.ociManifest)", "config": \#(parts[0]), "layers": [\#(layers)]}"#
        return try ManifestDocument(bytes: Array(text.utf8), contentType: nil)
    }

    static func index(_ children: [ManifestDocument]) throws -> ManifestDocument {
        let parts = children.map {
            #"{"mediaType": "\#($0.mediaType)", "digest": "\#($0.digest)", "size": \#($0.bytes.count)}"#
        }
        let text =
            #"{"mediaType": "\#(MediaType.ociIndex)", "manifests": [\#(parts.joined(separator: ","))]}"#
        return try ManifestDocument(bytes: Array(text.utf8), contentType: nil)
    }

    static func claim(
        _ repository: String = "team/app", _ tag: String = "v1", rule: String = "rule", pin: Digest? = nil,
        overwrite: Overwrite = .always
    ) throws -> Claim {
        let (name, tag) = (try RepositoryName(repository), try Tag(tag))
        return Claim(
            rule: rule, sourceRegistry: "from", sourceRepository: name, sourceTag: tag, pin: pin,
            destinationRegistry: "to", destinationRepository: name, destinationTag: tag, overwrite: overwrite)
    }

    static func look(
        _ claim: Claim, source: Sight = .unasked, destination: Sight = .absent,
        _ change: (inout ObservedImage) -> Void = { _ in }
    ) -> ObservedImage {
        var image = ObservedImage(
            claim: claim, sourcePlace: "source.test", destinationPlace: "destination.test")
        image.source = source
        image.destination = destination
        change(&image)
        return image
    }

    /// An image that the destination lacks, read.
    static func fresh(_ claim: Claim, _ manifests: [ObservedManifest], questions: Int = 1) -> ObservedImage {
        look(claim, source: manifests.last.map { .present($0.document.digest) } ?? .unasked) {
            $0.repository = .fresh
            $0.content = manifests
            $0.questions = questions
        }
    }

    static func plan(_ images: [ObservedImage], acknowledged: Set<String> = []) -> [PlannedImage] {
        var ledger = PlanLedger()
        return images.map { Planner.plan($0, ledger: &ledger, acknowledged: acknowledged) }
    }
}

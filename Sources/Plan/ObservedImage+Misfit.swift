import Desired
import OCI

extension ObservedImage {
    /// What keeps a look that somebody wrote down from being copied from; `nil`: it is of a piece.
    var misfit: String? {
        guard destination != .unasked else { return "the destination was not looked at" }
        if let top = content.last?.document {
            guard top.digest == wanted else { return "its last manifest is not the image's" }
        } else if referrers.isEmpty || wanted == nil || destination.digest != wanted {
            return "its manifests are missing"
        }
        if let stray = Self.stray(in: content) { return "\(stray.short) belongs to no index of it" }
        return misfitOfPart ?? misfitOfReferrers
    }

    /// Where the source's own manifest is to be put whole, the chosen platforms must leave it whole. What is a part of
    /// it is for the pass to compare with the source.
    private var misfitOfPart: String? {
        guard let choice = claim.platforms, let top = content.last?.document, top.digest == original else {
            return nil
        }
        let cut = try? PlatformCut(of: top, to: choice.selectors)
        let left = cut.flatMap { PlatformSubset($0, choice).digest }
        return left == wanted ? nil : "\(top.digest.short) is not what \(choice) leaves of it"
    }

    /// A manifest that would be put by its digest, and that the last one does not lead to.
    static func stray(in content: [ObservedManifest]) -> Digest? {
        var named = Set(content.last?.document.children.map(\.digest) ?? [])
        for manifest in content.dropLast().reversed() {
            guard named.contains(manifest.document.digest) else { return manifest.document.digest }
            named.formUnion(manifest.document.children.map(\.digest))
        }
        return nil
    }
}

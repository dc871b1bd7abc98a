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
        guard referrers.isEmpty || claim.referrers != nil else {
            return "its rule wants nothing that hangs on it"
        }
        return referrers.compactMap(\.misfit).first
    }

    /// A manifest that would be put by its digest, and that the last one does not lead to.
    fileprivate static func stray(in content: [ObservedManifest]) -> Digest? {
        var named = Set(content.last?.document.children.map(\.digest) ?? [])
        for manifest in content.dropLast().reversed() {
            guard named.contains(manifest.document.digest) else { return manifest.document.digest }
            named.formUnion(manifest.document.children.map(\.digest))
        }
        return nil
    }
}

extension ObservedReferrer {
    /// What keeps it from being written as what it is said to be.
    fileprivate var misfit: String? {
        guard let own = content.last?.document else { return "manifests of what hangs on it are missing" }
        guard own.digest == digest else { return "\(own.digest.short) is not what hangs on it" }
        return ObservedImage.stray(in: content).map { "\($0.short) belongs to nothing that hangs on it" }
    }
}

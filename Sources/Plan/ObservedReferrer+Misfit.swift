import Desired
import OCI

extension ObservedImage {
    /// What keeps the things that are said to hang on it from being written.
    var misfitOfReferrers: String? {
        guard !referrers.isEmpty || !referrerLists.isEmpty else { return nil }
        guard let policy = claim.referrers else { return "its rule wants nothing that hangs on it" }
        if let misfit = referrers.lazy.compactMap({ $0.misfit(for: policy) }).first { return misfit }
        var seen: Set<Digest> = []
        for list in referrerLists {
            guard seen.insert(list.subject).inserted else { return "a list of it stands there twice" }
            let entries = referrers.filter { $0.subject == list.subject }.compactMap(\.entry)
            guard !entries.isEmpty else { return "a list of it is about \(list.subject.short)" }
            // Entries go in as they are: they must be the very ones of the list.
            if let source = list.source, !Set(source.entries).isSuperset(of: entries) {
                return "the list of \(list.subject.short) names its entries otherwise"
            }
        }
        return nil
    }

    /// Its own manifests, and those that they name: what something may hang on.
    var parts: Set<Digest> {
        var parts = Set(content.flatMap { [$0.document.digest] + $0.document.children.map(\.digest) })
        if let wanted { parts.insert(wanted) }
        return parts
    }

    /// What things are said to hang on that is neither of these parts nor recorded before them, as what hangs there.
    func unled(by parts: Set<Digest>) -> [Digest] {
        var (led, unled) = (parts, [Digest]())
        for referrer in referrers {
            if led.insert(referrer.subject).inserted { unled.append(referrer.subject) }
            led.insert(referrer.digest)
        }
        return unled
    }
}

extension ObservedReferrer {
    /// What keeps it from being written as what it is said to be.
    fileprivate func misfit(for policy: ReferrerPolicy) -> String? {
        guard let own = content.last?.document else { return "manifests of what hangs on it are missing" }
        guard own.digest == digest else { return "\(own.digest.short) is not what hangs on it" }
        if let stray = ObservedImage.stray(in: content) {
            return "\(stray.short) belongs to nothing that hangs on it"
        }
        let attachment = Attachment(of: own)
        guard policy.takes(attachment.artifactType) else { return "its rule does not take \(digest.short)" }
        guard kind == .referrers else {
            return entry == nil ? nil : "\(digest.short) is found by its tag, and stands in no list"
        }
        guard attachment.subject == subject else { return "\(digest.short) is not about \(subject.short)" }
        guard entry?.descriptor.digest == digest else { return "the entry for \(digest.short) is another's" }
        return nil
    }
}

import OCI

extension SavedPlan {
    /// What is kept in memory of something that hangs on an image.
    public struct Attached: Sendable {
        /// Its digest.
        public var digest: Digest
        /// The manifest that it is about.
        public var subject: Digest
        /// The tag that it is found by, where it is by one.
        public var tag: Tag?
        /// What that tag stood for at the destination, where that was something else.
        public var held: Digest?
        /// The digest of the source's entry for it, where it is found by its subject.
        public var entry: Digest?
        /// The destination had it, and lost some of it.
        public var isLost: Bool

        /// Keeps what is needed of what was found.
        public init(_ referrer: ObservedReferrer) {
            digest = referrer.digest
            subject = referrer.subject
            tag = referrer.tag
            held = referrer.held
            entry = referrer.entry.map { Digest(hashing: $0.bytes) }
            isLost = referrer.loss != nil
        }
    }
}

extension SavedPlan.Image {
    /// Notes what hangs on an image, and what must be asked before it is written.
    mutating func note(attachedTo look: ObservedImage) {
        attached = look.referrers.map(SavedPlan.Attached.init)
        for list in look.referrerLists {
            lists[list.subject] = list.source.map { Digest(hashing: $0.bytes) }
        }
        let parts = look.parts
        unled = look.unled(by: parts)
        if !unled.isEmpty { self.parts = parts }
    }

    /// Notes what the destination had lost, of what the plan brings.
    mutating func note(lostOf look: ObservedImage) {
        guard let losses = look.losses else { return }
        let (blobs, manifests) = (Set(losses.blobs), Set(losses.manifests))
        var seen: Set<Digest> = []
        lostBlobs = look.everything.flatMap(\.document.blobs).filter {
            blobs.contains($0.digest) && seen.insert($0.digest).inserted
        }
        lostManifests = look.everything.map(\.document.digest).filter {
            manifests.contains($0) && seen.insert($0).inserted
        }
    }
}

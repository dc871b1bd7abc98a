import OCI

/// Something that hangs on an image and that the destination lacks, whole or in part: a signature, or another referrer.
public struct ObservedReferrer: Sendable, Hashable, Codable {
    /// The manifest that it is about.
    public var subject: Digest
    /// How it is found: by a tag of cosign's, or by its subject.
    public var kind: AttachedTag
    /// Its own digest.
    public var digest: Digest
    /// What its tag stands for at the destination, where that is something else.
    public var held: Digest?
    /// How the source's list names it, where it is found by its subject.
    public var entry: ReferrerEntry?
    /// Its manifests, children before parents, itself last; none where only the names are looked at.
    public var content: [ObservedManifest]
    /// What the destination lost of it behind a tag or a list that is right, where that was looked for.
    public var loss: Loss?

    /// Puts together what was found.
    public init(
        subject: Digest, kind: AttachedTag, digest: Digest, held: Digest? = nil, entry: ReferrerEntry? = nil,
        content: [ObservedManifest] = []
    ) {
        self.subject = subject
        self.kind = kind
        self.digest = digest
        self.held = held
        self.entry = entry
        self.content = content
    }

    /// The tag that it is found by, where it is by one.
    public var tag: Tag? { kind == .referrers ? nil : kind.tag(for: subject) }
}

/// The list of referrers under a tag, at a destination that keeps none by itself.
public struct ObservedReferrerList: Sendable, Hashable, Codable {
    /// The manifest that the list is about.
    public var subject: Digest
    /// The list that is there.
    public var held: ReferrerIndex?
    /// The source's list, where it stands under a tag as well.
    public var source: ReferrerIndex?

    /// Puts together what was found.
    public init(subject: Digest, held: ReferrerIndex? = nil, source: ReferrerIndex? = nil) {
        self.subject = subject
        self.held = held
        self.source = source
    }

    /// The list with more entries, or `nil` where they are all there. The source's own list is taken over byte for
    /// byte where that comes to the same.
    public static func merged(
        _ held: ReferrerIndex?, with entries: [ReferrerEntry], from source: ReferrerIndex?
    )
        -> ReferrerIndex?
    {
        let wanted = Set(entries.map(\.descriptor.digest))
        guard !wanted.isSubset(of: held?.digests ?? []) else { return nil }
        if held == nil, let source, source.digests == wanted { return source }
        return (held ?? .empty).adding(entries)
    }
}

extension ObservedImage {
    /// Every manifest that is to be brought: those of what hangs on the image, then its own.
    public var everything: [ObservedManifest] { referrers.flatMap(\.content) + content }
}

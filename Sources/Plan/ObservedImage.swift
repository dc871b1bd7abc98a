import Desired
import OCI

/// What looking found of one image that a rule wants: the input of the plan's fold, and what a saved plan records.
public struct ObservedImage: Sendable, Hashable, Codable {
    /// What is wanted.
    public var claim: Claim
    /// The host of the source registry.
    public var sourcePlace: String
    /// The host of the destination registry.
    public var destinationPlace: String
    /// What the source's tag stands for.
    public var source: Sight
    /// The source has no such tag, whether or not it has what the tag is pinned to.
    public var isUntagged = false
    /// What the destination's tag stands for.
    public var destination: Sight
    /// The destination does not let its tag be moved, though that would have to be done; not told where it does.
    public var isKept: Bool?
    /// The destination's repositories take nothing over from each other; not told where they may.
    public var mountsNothing: Bool?
    /// What is to be copied, where the two differ and it was asked for: children before parents, the top last.
    public var content: [ObservedManifest]
    /// What kind of repository the destination was when the pass first looked.
    public var repository: RepositoryState
    /// Why looking failed; the rest then says nothing.
    public var failure: String?
    /// Looking ended since the source's quota of pulls has come down to its reserve.
    public var isDeferred = false
    /// Requests that were needed for it alone beside heads and lists: manifests read at the source.
    public var questions: Int
    /// Manifests read at the source beside `content`: an index of which one image alone is wanted.
    public var otherReads = 0
    /// What the destination lacks behind a tag that is right, where that was looked for.
    public var loss: Loss?
    /// What the choice of platforms leaves of it, where one is made and that is known.
    public var subset: PlatformSubset?
    /// What signs or describes the whole index at the source, of which a part alone is wanted: tags and digests.
    public var orphans: [String] = []
    /// What the destination repository was asked, or would be: other images of it may need the same answers.
    @Ordered public var asked: Set<Question>
    /// Repositories of the destination that earlier passes brought blobs of it to. They may have lost them since: a
    /// hint where a mount may be tried, and no more.
    public var hints: [Digest: RepositoryName] = [:]
    /// What hangs on it and the destination lacks, in the order of writing: a subject before what is about it.
    public var referrers: [ObservedReferrer]
    /// The lists that are to name them, where the destination is known to keep none by itself.
    public var referrerLists: [ObservedReferrerList]

    /// Begins with what is wanted; nothing has been seen.
    public init(claim: Claim, sourcePlace: String, destinationPlace: String) {
        self.claim = claim
        self.sourcePlace = sourcePlace
        self.destinationPlace = destinationPlace
        source = .unasked
        destination = .unasked
        content = []
        repository = .unknown
        questions = 0
        asked = []
        referrers = []
        referrerLists = []
    }

    /// `host/repository:tag` at the source.
    public var sourceName: String { "\(sourcePlace)/\(claim.sourceRepository):\(claim.sourceTag)" }
    /// `host/repository:tag` at the destination.
    public var destinationName: String {
        "\(destinationPlace)/\(claim.destinationRepository):\(claim.destinationTag)"
    }

    /// True where the destination is known to have all that the image's manifest names.
    public var isComplete: Bool {
        guard content.count == 1, let top = content.first else { return false }
        return top.present.isSuperset(of: top.document.blobs.map(\.digest))
    }

    /// True where the destination's tag would have to be moved.
    public var isMoved: Bool {
        guard let held = destination.digest, let wanted, source != .absent else { return false }
        return held != wanted
    }

    /// The digest at the source that is copied, whole or in part: the pinned one, else the tag's.
    public var original: Digest? { claim.pin ?? source.digest }
    /// The digest that the destination is to have; unknown until the chosen platforms were cut out.
    public var wanted: Digest? { claim.platforms == nil ? original : subset?.digest }
}

/// Something that a destination repository is asked once in a pass, however many images need the answer.
public enum Question: Sendable, Hashable {
    /// A manifest that it holds.
    case manifest(Reference)
    /// Whether it holds a blob.
    case blob(Digest)
    /// Whether it holds a manifest that an index names.
    case child(Digest)
}

/// What a tag stands for at one side.
public enum Sight: Sendable, Hashable {
    /// Nobody asked.
    case unasked
    /// There is no such tag.
    case absent
    /// It stands for this digest.
    case present(Digest)

    /// The digest, where there is one.
    public var digest: Digest? {
        if case .present(let digest) = self { digest } else { nil }
    }
}

/// What is known of a destination repository as a whole.
public enum RepositoryState: String, Sendable, Hashable, Codable {
    /// Nobody asked.
    case unknown
    /// It is absent or holds no tag: what is pushed there is new.
    case fresh
    /// It holds tags.
    case populated
}

/// One manifest of an image that the destination lacks, and what it is known to hold of it.
public struct ObservedManifest: Sendable, Hashable, Codable {
    /// Its bytes and what they say.
    public var document: ManifestDocument
    /// The blobs that the destination repository is known to hold.
    @Ordered public var present: Set<Digest>
    /// The blobs that it was asked for and lacks.
    @Ordered public var absent: Set<Digest>
    /// The destination has the manifest itself: it is put again, since something that it names was lost.
    public var isHeld = false

    /// A manifest of which the destination is known to hold nothing.
    public init(
        _ document: ManifestDocument, present: Set<Digest> = [], absent: Set<Digest> = []
    ) {
        self.document = document
        self.present = present
        self.absent = absent
    }
}

/// The ways in which a scripted registry may differ from another.
public struct RegistryKnobs: Sendable {
    /// How a mount is answered.
    public enum Mounts: Sendable {
        /// Done, where the blob is there.
        case done
        /// An upload is begun instead, as the specification allows.
        case refused
        /// Answered with an error.
        case denied
    }

    /// How a mount is answered.
    public var mounts = Mounts.done
    /// The most names in one page of tags or of the catalog; no pages when nil.
    public var pageSize: Int?
    /// Whether every page of tags points to one more, for ever.
    public var hasEndlessPages = false
    /// Whether answers name the digest of what they are about.
    public var saysDigest = true
    /// A text for the Warning field of every answer.
    public var warning: String?
    /// The least bytes of a chunk but the last, as an upload's begin tells.
    public var chunkMinimum: Int?
    /// Bodies of more bytes are answered with 413.
    public var largestBody: Int?
    /// Whether a manifest is refused whose blobs or children are not there.
    public var checksParts = true
    /// Whether an upload that broke off in the middle of a body can be gone on with.
    public var keepsBrokenUploads = true
    /// Whether there is a list of what names a manifest as its subject.
    public var hasReferrers = false
    /// Whether the put of a manifest with a subject is answered with that subject; as `hasReferrers` when nil.
    public var saysSubject: Bool?
    /// Whether a manifest is refused whose subject is not there.
    public var wantsSubjectFirst = false
    /// The most referrers in one page.
    public var referrerPageSize: Int?
    /// Whether referrers are filtered as was asked.
    public var filtersReferrers = true
    /// Whether the bodies of requests are forgotten once they are answered, for large ones; at the start only.
    public var forgetsBodies = false
    /// Whether there is a catalog.
    public var hasCatalog = true
    /// Whether a blob may be asked for in part.
    public var hasRanges = true
    /// Whether an upload by one POST is taken; else it is only begun.
    public var takesSinglePost = true
    /// Whether anything may be deleted.
    public var deletes = true
    /// The login that every request must bring.
    public var login: Login?
    /// How many manifests may be read, where that is counted as Docker Hub does.
    public var pulls: Pulls?

    /// A quota of manifests read in a window of time. HEADs are free and tell what is left.
    public struct Pulls: Sendable {
        /// How many may be read.
        public var limit: Int
        /// How many were read before.
        public var used: Int
        /// What an answer beyond the limit asks to wait, in seconds.
        public var retryAfter: Int?

        /// A quota, of which some may be used up.
        public init(limit: Int, used: Int = 0, retryAfter: Int? = nil) {
            (self.limit, self.used, self.retryAfter) = (limit, used, retryAfter)
        }
    }

    /// A registry that does all as the specification says.
    public init() {}

    /// The same, changed as wanted.
    public init(_ change: (inout RegistryKnobs) -> Void) {
        self.init()
        change(&self)
    }
}

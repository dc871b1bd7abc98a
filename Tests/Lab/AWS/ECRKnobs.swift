/// Habits of ECR's that a test may choose; what stays nil is left as it is. `ecr_front/world.py` has the defaults, and says
/// which of them nobody has written down.
public struct ECRKnobs: Encodable, Sendable {
    /// The status beside TAG_INVALID (400).
    public var immutableStatus: Int?
    /// The status beside UNSUPPORTED (405).
    public var unsupportedStatus: Int?
    /// The status beside NAME_UNKNOWN (404).
    public var unknownStatus: Int?
    /// The fewest bytes of each part of an upload but the last (0).
    public var smallestPart: Int?
    /// The status for a registry token that has expired (403).
    public var expiredTokenStatus: Int?
    /// Whether the referrers API is served (true).
    public var referrersAPI: Bool?
    /// Whether a push of a manifest with a subject is answered with OCI-Subject (true).
    public var subjectHeader: Bool?
    /// The most entries in a page of referrers (50).
    public var referrersPage: Int?
    /// Whether `/v2/_catalog` is served (false).
    public var catalog: Bool?
    /// Whether PATCH is answered with 201 and the Range of the first piece (true).
    public var oddPatch: Bool?
    /// Whether GET of a manifest by tag lacks its digest (true).
    public var hidesDigest: Bool?
    /// Whether blobs of no bytes are refused (true).
    public var refusesEmptyBlobs: Bool?
    /// Whether media types with a parameter are refused (true).
    public var refusesParameters: Bool?
    /// Whether manifests that do not name their own media type are refused (false).
    public var refusesBareManifests: Bool?
    /// Whether manifests with both an artifact type and a subject are refused (false).
    public var refusesReferrers: Bool?
    /// Whether a manifest can be deleted by the registry's own API (true).
    public var deletes: Bool?
    /// Whether GET of a blob leads to a bucket (true).
    public var redirectsBlobs: Bool?
    /// Whether HEAD of a blob finds what another repository of the registry has (false).
    public var sharesBlobs: Bool?
    /// Whether BatchGetImage leaves out what acceptedMediaTypes does not name (false).
    public var strictMediaTypes: Bool?
    /// How many manifests a registry takes in a second; 0 for any number (0).
    public var manifestRate: Double?
    /// How many manifests it takes at once, with a rate (10).
    public var manifestBurst: Int?
    /// How many seconds a registry token lives (43200).
    public var tokenLife: Int?
    /// Whether other accounts are let in (false).
    public var opensToOthers: Bool?
    /// How many seconds each answer of the API is held back (0).
    public var apiDelay: Double?

    /// Leaves all as it is.
    public init() {}
}

extension ECRFront {
    /// Changes habits, everywhere or in one place.
    public func set(at place: ECRPlace? = nil, _ change: (inout ECRKnobs) -> Void) throws {
        var knobs = ECRKnobs()
        change(&knobs)
        _ = try tell("knobs", (place?.words ?? [:]).merging(["values": knobs]) { $1 })
    }
}

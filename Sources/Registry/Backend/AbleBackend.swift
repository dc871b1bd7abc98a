/// What a place can do beyond what every place can, so that nobody has to look for it: a cast that fails goes through every
/// conformance in the program.
///
/// Each is the place itself where its type has the ability, and `nil` otherwise; no type writes any of these.
public protocol AbleBackend: Sendable {
    /// The place, where lists tell what tags stand for.
    var asListed: (any ListedBackend)? { get }
    /// The place, where what it was told is remembered for a pass.
    var asRecalling: (any RecallingBackend)? { get }
    /// The place, where images can be put away.
    var asArchiving: (any ArchivingBackend)? { get }
    /// The place, where tags can be forbidden to move.
    var asKeptTags: (any KeptTagsBackend)? { get }
    /// The place, where repositories must be made first.
    var asPreparing: (any PreparingBackend)? { get }
    /// The place, where it is known what is mounted.
    var asMounting: (any MountingBackend)? { get }
    /// The place, where repositories have settings.
    var asSettings: (any SettingsBackend)? { get }
    /// The place, where many manifests can be asked for at once.
    var asManifestBatch: (any ManifestBatchBackend)? { get }
    /// The place, where many blobs can be asked for at once.
    var asBlobBatch: (any BlobBatchBackend)? { get }
    /// The place, where the size of a blob is seen.
    var asSizing: (any SizingBackend)? { get }
    /// The place, where uploads that nobody goes on with can be ended.
    var asSweeping: (any SweepingBackend)? { get }
    /// The place, where pulls are counted.
    var asMetered: (any MeteredBackend)? { get }
    /// The place, where it can say that a tag is still what is known.
    var asComparing: (any ComparingBackend)? { get }
    /// The place, where it may know what hangs on a manifest.
    var asReferrers: (any ReferrersBackend)? { get }
}

extension AbleBackend {
    /// It is not so here.
    public var asListed: (any ListedBackend)? { nil }
    /// It is not so here.
    public var asRecalling: (any RecallingBackend)? { nil }
    /// It is not so here.
    public var asArchiving: (any ArchivingBackend)? { nil }
    /// It is not so here.
    public var asKeptTags: (any KeptTagsBackend)? { nil }
    /// It is not so here.
    public var asPreparing: (any PreparingBackend)? { nil }
    /// It is not so here.
    public var asMounting: (any MountingBackend)? { nil }
    /// It is not so here.
    public var asSettings: (any SettingsBackend)? { nil }
    /// It is not so here.
    public var asManifestBatch: (any ManifestBatchBackend)? { nil }
    /// It is not so here.
    public var asBlobBatch: (any BlobBatchBackend)? { nil }
    /// It is not so here.
    public var asSizing: (any SizingBackend)? { nil }
    /// It is not so here.
    public var asSweeping: (any SweepingBackend)? { nil }
    /// It is not so here.
    public var asMetered: (any MeteredBackend)? { nil }
    /// It is not so here.
    public var asComparing: (any ComparingBackend)? { nil }
    /// It is not so here.
    public var asReferrers: (any ReferrersBackend)? { nil }
}

extension ListedBackend {
    /// The place itself.
    public var asListed: (any ListedBackend)? { self }
}

extension RecallingBackend {
    /// The place itself.
    public var asRecalling: (any RecallingBackend)? { self }
}

extension ArchivingBackend {
    /// The place itself.
    public var asArchiving: (any ArchivingBackend)? { self }
}

extension KeptTagsBackend {
    /// The place itself.
    public var asKeptTags: (any KeptTagsBackend)? { self }
}

extension PreparingBackend {
    /// The place itself.
    public var asPreparing: (any PreparingBackend)? { self }
}

extension MountingBackend {
    /// The place itself.
    public var asMounting: (any MountingBackend)? { self }
}

extension SettingsBackend {
    /// The place itself.
    public var asSettings: (any SettingsBackend)? { self }
}

extension ManifestBatchBackend {
    /// The place itself.
    public var asManifestBatch: (any ManifestBatchBackend)? { self }
}

extension BlobBatchBackend {
    /// The place itself.
    public var asBlobBatch: (any BlobBatchBackend)? { self }
}

extension SizingBackend {
    /// The place itself.
    public var asSizing: (any SizingBackend)? { self }
}

extension SweepingBackend {
    /// The place itself.
    public var asSweeping: (any SweepingBackend)? { self }
}

extension MeteredBackend {
    /// The place itself.
    public var asMetered: (any MeteredBackend)? { self }
}

extension ComparingBackend {
    /// The place itself.
    public var asComparing: (any ComparingBackend)? { self }
}

extension ReferrersBackend {
    /// The place itself.
    public var asReferrers: (any ReferrersBackend)? { self }
}

import OCI

/// What is to happen to one image, and why.
public struct PlannedImage: Sendable, Hashable, Codable {
    /// The rule that wants it.
    public var rule: String
    /// `host/repository:tag` at the source.
    public var source: String
    /// `host/repository:tag` at the destination.
    public var destination: String
    /// The destination's `repository`, for grouping.
    public var repository: String
    /// The destination's tag.
    public var tag: String
    /// What is to happen.
    public var verdict: Verdict
    /// Why, in a few words.
    public var reason: String
    /// The digest that the destination is to have.
    public var wanted: Digest?
    /// The digest that it has.
    public var held: Digest?
    /// What the source's tag stands for now, where a pin keeps that from being followed.
    public var unfollowed: Digest?
    /// The whole index at the source, where `wanted` is a part of it or one image out of it.
    public var partOf: Digest?
    /// The chosen platforms that the source does not have.
    public var missingPlatforms: [PlatformSelector]?
    /// What signs or describes the whole index at the source, by tag or digest: it does not fit the part.
    public var orphans: [String]?
    /// A refusal that the rule's `acknowledge` lists: it does not make the pass fail.
    public var acknowledged: Bool
    /// What is to be done, in order of writing; empty unless something is to be copied and its content was read.
    public var steps: [Step]
    /// What the steps cost.
    public var cost: Cost
}

/// What is to happen to an image.
public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    /// The destination lacks the tag.
    case copy
    /// The destination's tag stands for something else, or what hangs on the image is missing there.
    case update
    /// The destination's tag is right, and something behind it is missing.
    case incomplete
    /// Nothing is to be done.
    case inSync = "in-sync"
    /// A policy forbids what would have to be done.
    case blocked
    /// The source lacks it.
    case missing
    /// Its source counts pulls, and the quota has come down to its reserve: it waits for the next window.
    case deferred
    /// It could not be looked at.
    case failed

    /// The sign that stands before it in a diff.
    public var sign: String {
        switch self {
        case .copy: "+"
        case .update: "~"
        case .incomplete: "*"
        case .inSync: "="
        case .blocked: "!"
        case .missing: "?"
        case .deferred: ">"
        case .failed: "x"
        }
    }

    /// True where something is to be written.
    public var isChange: Bool { self == .copy || self == .update || self == .incomplete }
}

/// One thing to be done at the destination.
public struct Step: Sendable, Hashable, Codable {
    /// What is done.
    public var action: Action
    /// On what.
    public var digest: Digest
    /// How many bytes that is.
    public var size: Int64
    /// The repository that a mounted blob comes from.
    public var from: RepositoryName?
    /// True of a mount that rests on what an earlier pass did, which the registry may have lost.
    public var isRemembered: Bool?
    /// Why it is done this way.
    public var reason: String

    /// The kinds of steps.
    public enum Action: String, Sendable, Hashable, Codable {
        /// A blob is streamed from the source.
        case upload
        /// A blob is mounted from a neighbouring repository; it is sent if the registry refuses.
        case mount
        /// A child manifest is put by its digest.
        case putManifest = "put-manifest"
        /// A manifest that is about another is put by its digest.
        case putReferrer = "put-referrer"
        /// A signature is put under the tag that cosign looks for.
        case putSignatureTag = "put-signature-tag"
        /// The list of referrers under a tag is read, added to, written and read again.
        case updateReferrerList = "update-fallback-tag"
        /// The manifest is put under its tag, which makes the image visible.
        case putTag = "put-tag"
    }
}

/// What something costs. Sums are sums of these.
public struct Cost: Sendable, Hashable, Codable {
    /// Bytes of blobs and manifests that are sent to the destination.
    public var bytes: Int64 = 0
    /// Requests to both sides.
    public var requests = 0
    /// Manifests read at the source: what some registries count as pulls.
    public var pulls = 0
    /// Blobs that are sent.
    public var uploads = 0
    /// Blobs that are mounted.
    public var mounts = 0
    /// Of the mounts, those that rest on what an earlier pass did.
    public var rememberedMounts = 0
    /// Bytes that these are: where the registry refuses, they are sent.
    public var rememberedBytes: Int64 = 0

    /// Nothing.
    public init() {}

    /// Adds a size. Whoever writes a manifest may claim any, so that the sum ends at the largest number.
    mutating func add(bytes more: Int64) { bytes = Self.sum(bytes, more) }

    /// Adds the size of a blob whose mount an earlier pass lets hope for.
    mutating func addRemembered(bytes more: Int64) {
        rememberedMounts += 1
        rememberedBytes = Self.sum(rememberedBytes, more)
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, isTooLarge) = left.addingReportingOverflow(right)
        return isTooLarge ? .max : sum
    }

    /// The sum of two costs.
    public static func + (left: Cost, right: Cost) -> Cost {
        var sum = left
        sum.add(bytes: right.bytes)
        sum.requests += right.requests
        sum.pulls += right.pulls
        sum.uploads += right.uploads
        sum.mounts += right.mounts
        sum.rememberedMounts += right.rememberedMounts
        sum.rememberedBytes = Self.sum(sum.rememberedBytes, right.rememberedBytes)
        return sum
    }
}

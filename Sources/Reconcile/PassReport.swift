import Desired
import OCI
import Plan

/// What a pass did: every image's result, and sums over them.
public struct PassReport: Sendable, Codable, Hashable {
    /// The version of this form; it changes when a reader would have to.
    public var version = 1
    /// The part of the work that it tells of; `nil`: all of it.
    public var shard: Shard?
    /// The fingerprint of the rules that it ran; filled by whoever read them.
    public var fingerprint: Digest?
    /// Their names, in order; filled likewise.
    public var rules: [String]?
    /// The images, by rule, repository and tag.
    public var images: [ImageOutcome] = []
    /// Why rules or repositories could not be looked at, one line each.
    public var faults: [String] = []
    /// Rules that were not run, or not to their end, since they might not, one line each; `nil`: none.
    public var refusals: [String]?
    /// What should be known beside the images, one line each.
    public var warnings: [String] = []
    /// Different sources for one destination tag, one line each; then nothing was moved.
    public var collisions: [String] = []
    /// The pass was ended before all was done.
    public var interrupted = false
    /// Requests that looking took: lists and heads.
    public var lookRequests = 0
    /// All requests, by registry; filled by whoever counts them.
    public var requests: [String: Int] = [:]
    /// When it began, in RFC 3339; filled by whoever has a calendar.
    public var startedAt = ""
    /// How long it took.
    public var seconds = 0.0

    /// Nothing has been done.
    public init() {}

    /// How many images ended like this.
    public func count(_ result: ImageOutcome.Result) -> Int { images.count { $0.result == result } }

    /// Bytes sent to destinations.
    public var bytes: Int64 { images.reduce(0) { $0 + $1.bytes } }

    /// The exit code that the manual gives to such a pass.
    public var exitCode: Int32 {
        if !collisions.isEmpty { return 65 }
        let bad: Set<ImageOutcome.Result> = [.failed, .missing, .cancelled]
        if interrupted || !faults.isEmpty || images.contains(where: { bad.contains($0.result) }) { return 1 }
        guard refusals?.isEmpty ?? true else { return 3 }
        let refused: Set<ImageOutcome.Result> = [.blocked, .stale, .skipped]
        if images.contains(where: { refused.contains($0.result) && !$0.acknowledged }) { return 3 }
        return images.contains { $0.result == .deferred } ? 2 : 0
    }
}

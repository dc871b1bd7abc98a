import Desired
import OCI
import Plan
import Registry

/// What became of one image in a pass.
public struct ImageOutcome: Sendable, Codable, Hashable {
    /// The rule that wants it.
    public var rule: String
    /// `host/repository:tag` at the source.
    public var source: String
    /// `host/repository:tag` at the destination.
    public var destination: String
    /// What was done, or why nothing was.
    public var result: Result
    /// Why, in a few words.
    public var reason: String
    /// The digest that the destination was to have.
    public var wanted: Digest?
    /// The digest that it had before.
    public var held: Digest?
    /// What the source's tag stood for, where a pin kept that from being followed.
    public var unfollowed: Digest?
    /// The whole index at the source, where `wanted` is a part of it or one image out of it.
    public var partOf: Digest?
    /// The chosen platforms that the source does not have.
    public var missingPlatforms: [PlatformSelector]?
    /// What signs or describes the whole index at the source, by tag or digest: it does not fit the part.
    public var orphans: [String]?
    /// A refusal that the rule accepts.
    public var acknowledged = false
    /// What went wrong.
    public var cause: Cause?
    /// Bytes sent.
    public var bytes: Int64 = 0
    /// Blobs sent.
    public var uploads = 0
    /// Blobs mounted.
    public var mounts = 0
    /// Seconds spent on copying.
    public var seconds = 0.0
    /// How often it was tried.
    public var tries = 1

    /// The ways an image can end.
    public enum Result: String, Sendable, Codable, Hashable, CaseIterable {
        /// A tag that the destination lacked is there.
        case copied
        /// A tag of the destination was moved.
        case updated
        /// What the destination had lost behind a tag is there again.
        case repaired
        /// Nothing was to be done.
        case inSync = "in-sync"
        /// A policy forbade it.
        case blocked
        /// A saved plan does not fit any more what it was made for.
        case stale
        /// Nothing was wrong with it, but the plan that it stands in was refused.
        case skipped
        /// The source lacks it.
        case missing
        /// Its source counts pulls, and the quota has come down to its reserve.
        case deferred
        /// It went wrong.
        case failed
        /// The pass was ended before its turn.
        case cancelled
    }

    /// What went wrong, in parts.
    public struct Cause: Sendable, Codable, Hashable {
        /// Which side.
        public var side: RegistryError.Side?
        /// The registry that it was.
        public var place: String?
        /// What was tried.
        public var action: String
        /// On what.
        public var subject: String
        /// The kind, a word of a bounded set.
        public var kind: String
        /// The details.
        public var detail: String

        init(_ error: RegistryError) {
            side = error.side
            place = error.place
            action = error.action
            subject = error.subject
            kind = error.word
            detail = error.detail
        }
    }

    /// What a plan says becomes of an image, before anything is done.
    init(_ planned: PlannedImage) {
        rule = planned.rule
        source = planned.source
        destination = planned.destination
        reason = planned.reason
        wanted = planned.wanted
        held = planned.held
        unfollowed = planned.unfollowed
        (partOf, missingPlatforms, orphans) = (planned.partOf, planned.missingPlatforms, planned.orphans)
        acknowledged = planned.acknowledged
        result =
            switch planned.verdict {
            case .copy: .copied
            case .update: .updated
            case .incomplete: .repaired
            case .inSync: .inSync
            case .blocked: .blocked
            case .missing: .missing
            case .deferred: .deferred
            case .failed: .failed
            }
    }

    /// An image that the pass did not come to.
    init(cancelled claim: Claim) {
        rule = claim.rule
        source = "\(claim.sourceRegistry)/\(claim.sourceRepository):\(claim.sourceTag)"
        destination = "\(claim.destinationRegistry)/\(claim.destinationRepository):\(claim.destinationTag)"
        result = .cancelled
        reason = "the pass was ended before its turn"
    }

    /// It failed because a registry is down, like all others that need it.
    public var isStranded: Bool { result == .failed && cause?.kind == "down" }
    /// It shares its cause with others: told once, for all of them.
    public var isOneOfMany: Bool { isStranded || result == .deferred }

    /// Adds what a copy moved.
    mutating func add(_ moved: Executor.Moved, seconds: Double) {
        bytes += moved.bytes
        uploads += moved.uploads
        mounts += moved.mounts
        self.seconds += seconds
    }

    /// Adds what an earlier try of the image did.
    ///
    /// - Parameter hasWritten: the earlier try has come to copying. Where the tag then turns out to be what it was
    ///   to become, its last PUT was done, although its answer was lost.
    mutating func add(_ earlier: ImageOutcome, hasWritten: Bool) {
        add(
            Executor.Moved(bytes: earlier.bytes, uploads: earlier.uploads, mounts: earlier.mounts),
            seconds: earlier.seconds)
        guard hasWritten, result == .inSync, earlier.wanted == wanted, earlier.held != wanted else { return }
        result = earlier.held == nil ? .copied : .updated
        held = earlier.held
        reason = earlier.held.map { "destination had \($0.short)" } ?? "destination lacked it"
    }

    /// The same image, failed.
    func failed(_ error: RegistryError) -> ImageOutcome {
        var outcome = self
        outcome.cause = Cause(error)
        outcome.reason = error.description
        outcome.result =
            switch error.kind {
            case .cancelled: .cancelled
            case .immutable: .blocked
            case .deferred: .deferred
            case .stale: .stale
            default: .failed
            }
        return outcome
    }
}

import Desired

/// What a whole pass would do: the images in order, and sums over them.
public struct PassPlan: Sendable, Hashable, Codable {
    /// The version of this form; it changes when a reader would have to.
    public var version = 1
    /// The part of the work that it is for; `nil`: all of it.
    public var shard: Shard?
    /// How deep the costs were looked at.
    public var cost: CostDepth
    /// The images, by rule, repository and tag.
    public var images: [PlannedImage] = []
    /// Why rules or repositories could not be looked at, one line each.
    public var faults: [String] = []
    /// What should be known beside the images, one line each.
    public var warnings: [String] = []
    /// Requests that looking takes: lists and heads.
    public var lookRequests = 0
    /// Settings of destination repositories that are not what the manifests say new ones should be.
    public var drifts: [RepositoryDrift] = []
    /// Sources that count pulls: what a reconcile would take of their quotas.
    public var pulls: [PullForecast] = []

    /// A plan without images.
    public init(cost: CostDepth) { self.cost = cost }

    /// How many images have this verdict.
    public func count(_ verdict: Verdict) -> Int { images.count { $0.verdict == verdict } }

    /// What all steps cost together.
    public var total: Cost { images.reduce(Cost()) { $0 + $1.cost } }

    /// The exit code that the plan by itself stands for (see the manual): 1 failed or missing, 3 refused,
    /// 2 differences, 0 in sync.
    public var exitCode: Int32 {
        if !faults.isEmpty || images.contains(where: { $0.verdict == .failed || $0.verdict == .missing }) {
            return 1
        }
        if images.contains(where: { $0.verdict == .blocked && !$0.acknowledged }) { return 3 }
        let isChange = images.contains { $0.verdict.isChange || $0.verdict == .deferred }
        return isChange || drifts.contains(where: \.isChange) ? 2 : 0
    }
}

/// What a reconcile would take of a source's quota of pulls.
public struct PullForecast: Sendable, Hashable, Codable {
    /// The source.
    public var source: String
    /// Manifests that have to be read there; at least so many, where images are deferred.
    public var needed: Int
    /// What is left of the quota.
    public var left: Int
    /// The quota.
    public var limit: Int

    /// Describes a forecast.
    public init(source: String, needed: Int, left: Int, limit: Int) {
        (self.source, self.needed, self.left, self.limit) = (source, needed, left, limit)
    }
}

/// How deep a diff looks for its costs.
public enum CostDepth: String, Sendable, Hashable, Codable, CaseIterable {
    /// Heads and lists only: which images differ.
    case none
    /// Source manifests too, no blob asked for: bytes are what may have to be sent at most.
    case estimate
    /// Every question that a reconcile would ask.
    case exact
}

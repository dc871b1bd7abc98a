import Desired
import Plan
import Registry

extension Pass {
    /// What a reconcile would take of the quotas of those sources that have one.
    func forecasts(of plan: PassPlan) async -> [PullForecast] {
        var needed: [String: Int] = [:]
        for image in plan.images where image.verdict.isChange || image.verdict == .deferred {
            // Of a deferred image no more is known than that it must be read.
            needed[image.rule, default: 0] += max(image.cost.pulls, image.verdict == .deferred ? 1 : 0)
        }
        var sources: [String: PullForecast] = [:]
        for rule in rules {
            guard let source = (try? places.backend(rule.source))?.metered,
                let quota = await source.pullQuota()
            else { continue }
            let known = sources[source.place]?.needed ?? 0
            sources[source.place] = PullForecast(
                source: source.place, needed: known + (needed[rule.name] ?? 0), left: quota.left,
                limit: quota.limit)
        }
        return sources.values.sorted { $0.source < $1.source }
    }

    /// One line for each source that images had to be deferred at.
    static func deferrals(_ outcomes: [ImageOutcome]) -> [String] {
        let deferred = outcomes.filter { $0.result == .deferred }
        let bySource = Dictionary(grouping: deferred) { $0.reason }
        let counts = Dictionary(grouping: deferred) { $0.cause?.place ?? "" }.mapValues(\.count)
        return counts.sorted { $0.key < $1.key }.map { place, count in
            let reason = bySource.keys.filter { $0.contains(place) }.min() ?? ""
            return
                "\(count) \(count == 1 ? "image is" : "images are") deferred until the quota's window turns: \(reason)"
        }
    }
}

extension DesiredState {
    /// The same for one of so many davits that run side by side: each limit divided among them, rounded down, and 1
    /// at least. What is left to others of a quota of pulls (`limits.reserve`) is the same for all.
    public func dividingLimits(by count: Int) -> DesiredState {
        var state = self
        for index in state.rules.indices {
            state.rules[index].concurrency = max(1, state.rules[index].concurrency / count)
        }
        state.registries = registries.mapValues { registry in
            var registry = registry
            let limits = registry.limits
            registry.limits.parts = limits.parts * count
            registry.limits.concurrency = max(1, limits.concurrency / count)
            registry.limits.requestsPerSecond = limits.requestsPerSecond.map { max(1, $0 / count) }
            registry.limits.bandwidth = limits.bandwidth.map { max(1, $0 / Int64(count)) }
            return registry
        }
        return state
    }
}

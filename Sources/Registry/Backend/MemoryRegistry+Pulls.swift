extension MemoryRegistry: MeteredBackend {
    /// The quota as it stands.
    public func pullQuota() async -> PullQuota? { pulls.quota }

    /// Sets so many pulls aside, or tells the quota where they would touch the reserve.
    public func setAside(pulls count: Int) async -> PullQuota? {
        if case .refused(let quota) = pulls.ask(count) { quota } else { nil }
    }

    /// Gives back what was set aside.
    public func giveBack(pulls count: Int) async { pulls.giveBack(count) }

    /// Counts a manifest that is read; beyond the quota it is refused.
    func countPull(_ call: Call) throws(RegistryError) {
        guard var quota = pulls.quota else { return }
        guard quota.left > 0 else { throw error(.throttled, call, "the quota is used up") }
        quota.left -= 1
        _ = pulls.saw(quota, isPull: true)
    }
}

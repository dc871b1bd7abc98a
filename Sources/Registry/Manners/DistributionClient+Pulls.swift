extension DistributionClient: MeteredBackend {
    /// What the registry said of its quota.
    public func pullQuota() async -> PullQuota? { await turnstile.pulls.quota }

    /// Sets so many pulls aside, or tells the quota where they would touch the reserve.
    public func setAside(pulls: Int) async -> PullQuota? { await turnstile.setAside(pulls: pulls) }

    /// Gives back what was set aside.
    public func giveBack(pulls: Int) async { await turnstile.giveBack(pulls: pulls) }
}

extension Turnstile {
    /// Sets pulls aside. Until the first answer has told whether they count, one image goes ahead alone.
    func setAside(pulls count: Int) async -> PullQuota? {
        while !Task.isCancelled {
            switch pulls.ask(count) {
            case .granted: return nil
            case .refused(let quota): return quota
            case .wait:
                let (stream, turn) = AsyncStream<Void>.makeStream()
                curious.append(turn)
                for await _ in stream {}
            }
        }
        return nil
    }

    /// Gives pulls back.
    func giveBack(pulls count: Int) {
        pulls.giveBack(count)
        tellCurious()
    }

    /// Takes note of what an answer says of the quota.
    func note(_ quota: PullQuota?, isPull: Bool) {
        if pulls.saw(quota, isPull: isPull) { tellCurious() }
    }

    private func tellCurious() {
        let waiting = curious
        curious.removeAll()
        for turn in waiting { turn.finish() }
    }
}

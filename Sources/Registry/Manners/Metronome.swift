import HTTP

/// Gives the beat to all requests to a registry that bears only so many a second.
actor Metronome {
    private var limit: RateLimit
    private let time: Timekeeper

    init(perSecond: Int, time: Timekeeper) {
        limit = RateLimit(perSecond: perSecond)
        self.time = time
    }

    /// Waits for the next beat that nobody else has.
    func beat() async throws {
        let wait = limit.wait(at: time.now())
        if wait > .zero { try await time.sleep(wait) }
    }
}

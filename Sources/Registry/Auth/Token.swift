/// A registry token, and how long it may be used.
struct Token: Sendable {
    /// What is sent.
    var secret: Secret
    /// When it was asked for: its life is counted from here.
    var asked: ContinuousClock.Instant
    /// How long it lives.
    var life: Duration

    /// When to ask for the next one: ten seconds early, but never more than a tenth of its life.
    var renewal: ContinuousClock.Instant {
        asked + life - min(.seconds(10), life / 10)
    }
}

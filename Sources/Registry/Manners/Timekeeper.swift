/// What time it is and how to wait, handed in so that tests need not.
public struct Timekeeper: Sendable {
    /// The present, on a clock that is never set back.
    public var now: @Sendable () -> ContinuousClock.Instant
    /// Waits, or throws where the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// Draws a number from 0 up to 1, for waits that are not all alike.
    public var chance: @Sendable () -> Double

    /// Puts a timekeeper together.
    public init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        chance: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.sleep = sleep
        self.chance = chance
    }

    /// The system's clock and its random numbers.
    public static let system = Timekeeper(
        now: { ContinuousClock.now },
        sleep: { try await ContinuousClock().sleep(for: $0) },
        chance: { Double.random(in: 0..<1) }
    )
}

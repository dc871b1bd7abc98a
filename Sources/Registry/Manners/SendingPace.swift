/// Says when something may be sent, and hears how it went.
public protocol SendingPace: Sendable {
    /// Waits until the next one may go.
    func turn() async throws

    /// One was answered.
    ///
    /// - Parameter isThrottled: it was one too many.
    func ended(isThrottled: Bool) async
}

/// What a line may carry at this moment: it fills with time and is emptied by what goes through.
///
/// A piece that is under way can't be cut, so it may run into debt, which is waited off. The loop thread's own.
final class LineBucket {
    /// How much is moved at a time: little where the line is slow, or the pieces of many transfers would be more
    /// than it carries in a second.
    let piece: Int
    private let rate: Double
    private var credit: Double
    private var filled: ContinuousClock.Instant
    /// No more is saved up than this part of a second's worth: a ceiling holds over short times too.
    private static let saved = 0.1

    init(_ line: Line, at now: ContinuousClock.Instant) {
        rate = Double(max(1, line.bytesPerSecond))
        piece = min(max(Int(rate / 20), 16 << 10), 128 << 10)
        credit = rate * Self.saved
        filled = now
    }

    /// Takes note of bytes that went through.
    func spend(_ count: Int) { credit -= Double(count) }

    /// What may go through now; in debt it is negative.
    func credit(at now: ContinuousClock.Instant) -> Double {
        let passed = now - filled
        filled = now
        let seconds = Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
        credit = min(rate * Self.saved, credit + rate * seconds)
        return credit
    }

    /// How long it is until something may go through.
    func wait(at now: ContinuousClock.Instant) -> Duration {
        let credit = credit(at: now)
        return credit > 0 ? .zero : .milliseconds(Int64(min(-credit / rate, 3600) * 1000) + 1)
    }
}

/// How many requests of one kind may be under way at a place: additive increase, multiplicative decrease.
///
/// It begins at the ceiling, since most places bear it. Requests that went out before the last decrease tell
/// nothing new: a burst of refusals is one congestion and halves the pace once.
public struct Pace: Sendable, Hashable {
    private let ceiling: Double
    private var window: Double
    /// Up to here the window grows by one with each answer, beyond by one with each round of answers.
    private var threshold: Double
    private var lastDecrease: UInt64 = 0

    /// - Parameter ceiling: at least 1.
    public init(ceiling: Int) {
        self.ceiling = Double(max(1, ceiling))
        window = self.ceiling
        threshold = self.ceiling
    }

    /// How many may be under way now.
    public var allowed: Int { Int(window) }

    /// A request was answered as it should be.
    public mutating func went() {
        guard window < ceiling else { return }
        window = min(ceiling, window < threshold ? window + 1 : window + 1 / window)
    }

    /// A request was refused for being one too many, or took too long.
    ///
    /// - Parameters:
    ///   - number: the request's, of all that went out.
    ///   - last: the number of the last request that went out.
    ///   - isPause: the place asks for a pause: after it one request goes out alone.
    public mutating func congested(by number: UInt64, last: UInt64, isPause: Bool) {
        guard number > lastDecrease else { return }
        lastDecrease = last
        threshold = max(1, (window / 2).rounded(.down))
        window = isPause ? 1 : threshold
    }
}

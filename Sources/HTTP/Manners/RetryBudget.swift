/// How many of the requests to a place may be repeated ones: a place in trouble is not asked more than a healthy one.
public struct RetryBudget: Sendable, Hashable {
    /// One retry in so many requests.
    public var share = 5
    /// So many are allowed in any case.
    public var least = 20
    /// Requests so far, repeated ones among them.
    public private(set) var requests = 0
    /// Repeated requests so far.
    public private(set) var retries = 0

    /// Nothing was sent.
    public init() {}

    /// A request goes out.
    public mutating func count() { requests += 1 }

    /// Whether a request may be repeated; then that is counted.
    public mutating func spend() -> Bool {
        guard retries < max(least, requests / share) else { return false }
        retries += 1
        return true
    }
}

import HTTP
import HTTPTypes

/// What a registry that counts manifests read ("pulls") says of that count.
public struct PullQuota: Sendable, Hashable, Codable {
    /// How many may be read in a window of time.
    public var limit: Int
    /// How many of them are left.
    public var left: Int
    /// How long the window is, in seconds, where the registry tells it.
    public var window: Int?

    /// Describes a quota.
    public init(limit: Int, left: Int, window: Int? = nil) {
        self.limit = limit
        self.left = left
        self.window = window
    }

    /// Reads it from the fields of an answer: `ratelimit-limit: 100;w=21600`, `ratelimit-remaining: 76;w=21600`.
    ///
    /// Others tell the rate of all requests in the same fields, without a window or with one of a minute: that
    /// is no quota to be saved, and its end is waited for where it comes to that.
    init?(_ headers: HTTPFields) {
        guard let limit = Self.item(headers[.rateLimit]), let left = Self.item(headers[.rateLimitLeft]),
            let window = limit.window ?? left.window, window > Self.shortWindow
        else { return nil }
        self.init(limit: limit.count, left: left.count, window: window)
    }

    /// Windows of so many seconds turn while a pass waits.
    private static let shortWindow = 300

    /// The first item of a field, and its window.
    private static func item(_ field: String?) -> (count: Int, window: Int?)? {
        let parts = (field ?? "").prefix { $0 != "," }.split(separator: ";").map { part in
            part.filter { !$0.isWhitespace }
        }
        guard let count = parts.first.flatMap({ Int($0) }), (0...Int(Int32.max)).contains(count) else {
            return nil
        }
        let window = parts.dropFirst().first { $0.hasPrefix("w=") }.flatMap { Int($0.dropFirst(2)) }
        return (count, window.flatMap { $0 > 0 ? $0 : nil })
    }

    /// `12 of 100 pulls are left`, and the window.
    public var text: String {
        let hours = window.map { $0 % 3600 == 0 ? "\($0 / 3600) h" : "\($0) s" }
        return "\(left) of \(limit) pulls are left" + (hours.map { " in a window of \($0)" } ?? "")
    }
}

/// How many of a quota's pulls are left to others.
public enum PullReserve: Sendable, Hashable {
    /// So many hundredths of the limit.
    case percent(Int)
    /// So many.
    case pulls(Int)

    /// How many that is.
    func count(of limit: Int) -> Int {
        switch self {
        case .percent(let percent): (limit * percent + 99) / 100
        case .pulls(let count): count
        }
    }
}

/// A place that may count the manifests that are read there.
///
/// Whoever wants to read some asks for all of them first: an image whose last manifest may not be read had better
/// not be begun.
public protocol MeteredBackend: Backend {
    /// What the place said of its quota; `nil` where it has none, or has not been asked yet.
    func pullQuota() async -> PullQuota?
    /// Sets so many pulls aside; where they would touch the reserve, nothing is set aside and the quota is told.
    func setAside(pulls: Int) async -> PullQuota?
    /// Gives back what was set aside: it was used, or is not needed.
    func giveBack(pulls: Int) async
}

extension HTTPField.Name {
    /// The limit and its window, as Docker Hub and others tell it.
    fileprivate static let rateLimit = Self("ratelimit-limit") ?? .expect
    /// What is left of it.
    fileprivate static let rateLimitLeft = Self("ratelimit-remaining") ?? .expect
}

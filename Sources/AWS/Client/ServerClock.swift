import Glibc
import HTTP
import HTTPTypes

/// The calendar's time here, handed in so that tests need not wait for it.
public struct WallClock: Sendable {
    /// Seconds since 1970.
    public var seconds: @Sendable () -> Int64

    /// A clock of whatever kind.
    public init(seconds: @escaping @Sendable () -> Int64) { self.seconds = seconds }

    /// The system's.
    public static let system = WallClock { Int64(time(nil)) }
}

/// What time it is at AWS, as far as its answers told: signatures of another time are refused there.
actor ServerClock {
    /// AWS bears five minutes; from here on a difference is thought to be the cause.
    static let tolerance: Int64 = 240

    private let clock: WallClock
    private var offset: Int64 = 0

    init(_ clock: WallClock) { self.clock = clock }

    /// Seconds since 1970, there.
    var now: Int64 { clock.seconds() + offset }

    /// True where an answer's date is far from the time that its request was signed with.
    nonisolated func isFar(_ response: Response, from signed: Int64) -> Bool {
        guard let date = response.headers[.date].flatMap(HTTPDate.seconds) else { return false }
        return abs(date - signed) > Self.tolerance
    }

    /// Sets the clock by an answer's date.
    func set(by response: Response) {
        guard let date = response.headers[.date].flatMap(HTTPDate.seconds) else { return }
        offset = date - clock.seconds()
    }
}

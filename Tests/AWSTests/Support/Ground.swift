import AWS
import HTTP
import Lab
import Registry

/// A calendar that a test sets.
final class SetClock: Sendable {
    private let now: Guarded<Int64>

    init(_ seconds: Int64 = 1_800_000_000) { now = Guarded(seconds) }

    var seconds: Int64 {
        get { now.with { $0 } }
        set { now.with { $0 = newValue } }
    }

    func pass(_ seconds: Int64) { now.with { $0 += seconds } }

    var clock: WallClock { WallClock { self.seconds } }
}

extension AWSGround {
    /// A ground whose waits take no time.
    static func quick(
        _ transport: any Transport, clock: SetClock = SetClock(), waits: Guarded<[Duration]>? = nil
    ) -> AWSGround {
        let time = Timekeeper(
            now: { ContinuousClock.now }, sleep: { wait in waits?.with { $0.append(wait) } }, chance: { 0.5 })
        return AWSGround(transport: transport, clock: clock.clock, time: time)
    }
}

/// Keys like any others, with a number.
func someKeys(_ number: Int = 1, expiry: Int64? = nil, token: String? = nil) -> AccessKeys {
    AccessKeys(
        id: "AKIATEST\(number)", secret: Secret("secret\(number)key"), sessionToken: token.map { Secret($0) },
        expiry: expiry, origin: "a test")
}

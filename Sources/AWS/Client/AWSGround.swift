import HTTP
import Registry

/// What all calls to AWS with the same keys share: the transport, the time, and the pace of each action.
public final class AWSGround: Sendable {
    let transport: any Transport
    let clock: WallClock
    let serverClock: ServerClock
    let time: Timekeeper
    let retry: RetryPolicy
    let gates: ActionGates

    /// Stands on a transport; the rest is the manual's and the system's.
    public init(
        transport: any Transport, clock: WallClock = .system, time: Timekeeper = .system,
        retry: RetryPolicy = RetryPolicy()
    ) {
        self.transport = transport
        self.clock = clock
        serverClock = ServerClock(clock)
        self.time = time
        self.retry = retry
        gates = ActionGates(time: time)
    }

    private init(apartFrom ground: AWSGround) {
        (transport, clock, serverClock) = (ground.transport, ground.clock, ground.serverClock)
        (time, retry) = (ground.time, ground.retry)
        gates = ActionGates(time: ground.time)
    }

    /// The same for other keys: what these may do a second is counted apart.
    func apart() -> AWSGround { AWSGround(apartFrom: self) }
}

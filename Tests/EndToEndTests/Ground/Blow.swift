import Foundation
import Lab

/// Something that happens once, when so many requests have come to the two proxies of a crossing.
final class Blow: Sendable {
    private struct State {
        var requests = 0
        var target: (@Sendable () -> Void)?
    }

    private let state = Guarded(State())
    private let request: Int
    private let delay: Double

    /// At this request, counted from 1 over both sides, and so many seconds later.
    init(atRequest request: Int, delay: Double = 0) {
        (self.request, self.delay) = (request, delay)
    }

    /// How many requests have come.
    var requests: Int { state.with { $0.requests } }

    /// Whether it has fallen.
    var isDone: Bool { requests >= request }

    /// Says what happens; it may be said after the first requests.
    func falls(_ target: @escaping @Sendable () -> Void) { state.with { $0.target = target } }

    /// For the hooks of both proxies: the request itself is held up while the blow falls, a body in its middle.
    func callAsFunction(_ request: ProxyRequest) -> Verdict {
        let number = state.with { state in
            state.requests += 1
            return state.requests
        }
        guard number == self.request else { return .pass }
        let (state, delay) = (state, delay)
        Thread.detachNewThread {
            usleep(UInt32(delay * 1e6))
            _ = eventually(within: 5) {
                state.with { $0.target }.map { $0() } != nil
            }
        }
        guard let length = request.headers["Content-Length"].flatMap({ Int($0) }), length > 1 else {
            return .pass
        }
        return .request(.stall(after: length / 2, seconds: delay + 0.05))
    }
}

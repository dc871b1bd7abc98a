import HTTP

extension Turnstile {
    /// The kinds of requests that a registry may bear differently.
    public enum Action: Int, Sendable, CaseIterable {
        /// Heads and lists.
        case look
        /// Manifests read.
        case manifest
        /// Blobs read.
        case read
        /// Uploads, manifests put, deletions.
        case write
    }

    /// What is asked for: one place among those of an action, or, for a copy within a registry, two at once.
    struct Wish: Sendable {
        var first: Action
        var second: Action?
        /// A blob's bytes, which may take long: it never is the one to find out whether a registry is back.
        var isStream = false
    }

    /// The leave to send a request.
    struct Permit: Sendable {
        let wish: Wish
        /// The request's number at this registry.
        let number: UInt64
        let begun: ContinuousClock.Instant
        let isProbe: Bool
    }

    /// Why no leave is given.
    enum Refusal: Error {
        /// The task was cancelled.
        case cancelled
        /// The registry is down.
        case down(Outage)
        /// The registry asked for a longer pause than is borne; so much is left of it.
        case paused(Duration)
        /// The registry asked for a pause, and whoever asked did not want to wait for its end.
        case busy
    }

    /// What a request's end tells of the registry.
    struct Sign: Sendable {
        /// Whether it was reached.
        var reach = Reach.answered
        /// It gave what was asked for.
        var isSuccess = false
        /// It had too much to do.
        var isCongested = false
        /// It asks for a pause of this length.
        var pause: Duration?
        /// What it says of its quota of pulls.
        var quota: PullQuota?

        /// Whether somebody was there.
        enum Reach: Sendable, Hashable {
            /// It answered.
            case answered
            /// Nobody did, for this reason.
            case lost(String)
            /// The request tells nothing of it.
            case unsure
        }
    }

    /// What has changed by a request's end.
    enum Change: Sendable {
        /// The registry is down.
        case down
        /// It is back.
        case back
    }
}

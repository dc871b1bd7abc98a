import HTTP
import Registry

/// Keys that are got when they are wanted, and got anew before they end.
///
/// Everybody shares one renewal: whoever comes while it is under way waits for it, or takes the old keys where these
/// are good for some minutes more. A renewal that fails early does no harm while the old keys live.
actor RefreshedKeys: KeySource {
    /// How long before their end keys are renewed where that can be done, and how long before it is waited for. Of
    /// keys that live less than an hour, these are a fourth and a sixth of their life.
    private static let early: Int64 = 900
    private static let late: Int64 = 600
    /// How long after a renewal that failed the next one is tried, while the old keys live.
    private static let pause: Int64 = 60

    private let provider: any KeyProvider
    /// Whom an error names.
    private let place: String
    private let clock: WallClock
    private let turn = Slots(limit: 1)
    private var known: Known?
    private var isRenewing = false
    /// How many renewals have ended, and what the last one failed with.
    private var renewals: UInt64 = 0
    private var lastFailure: AWSError?
    private var nextTry: Int64 = .min

    private struct Known {
        var keys: AccessKeys
        var early: Int64
        var late: Int64

        /// - Parameter now: when they were got.
        init(_ keys: AccessKeys, now: Int64) {
            self.keys = keys
            guard let expiry = keys.expiry else {
                (early, late) = (.max, .max)
                return
            }
            let life = max(0, expiry - now)
            early = expiry - min(RefreshedKeys.early, life / 4)
            late = expiry - min(RefreshedKeys.late, life / 6)
        }

        func isAlive(_ now: Int64) -> Bool { keys.expiry.map { $0 > now } ?? true }
    }

    init(_ provider: any KeyProvider, place: String = "the credential chain", clock: WallClock) {
        self.provider = provider
        self.place = place
        self.clock = clock
    }

    /// How many wait for the renewal of another, for tests.
    private(set) var waiting = 0

    func keys() async throws(AWSError) -> AccessKeys {
        if let good = good() { return good }
        let seen = renewals
        waiting += 1
        let isCancelled = (try? await turn.take()) == nil
        waiting -= 1
        guard !isCancelled else { throw .keys(at: place, "", .cancelled) }
        do {
            let keys = try await renewed(since: seen)
            await turn.give()
            return keys
        } catch {
            await turn.give()
            throw error
        }
    }

    func refused(_ keys: AccessKeys) {
        // Others may have come in the meantime: they are not to blame.
        if known?.keys == keys { known = nil }
    }

    /// Keys that can be handed out without anything being done, or while another one does it.
    private func good() -> AccessKeys? {
        guard let known else { return nil }
        let now = clock.seconds()
        let isGood =
            now < known.early || (isRenewing && now < known.late) || (now < nextTry && known.isAlive(now))
        return isGood ? known.keys : nil
    }

    /// Renews the keys, or returns what was done while this one waited in the row.
    private func renewed(since seen: UInt64) async throws(AWSError) -> AccessKeys {
        if let good = good() { return good }
        if renewals != seen, let lastFailure, known?.isAlive(clock.seconds()) != true { throw lastFailure }
        isRenewing = true
        defer { isRenewing = false }
        do {
            let found = try await fresh()
            known = Known(found, now: clock.seconds())
            ended(nil)
            return found
        } catch {
            // Of a task that was cancelled, nobody learns anything.
            guard error.kind != .cancelled, !Task.isCancelled else { throw error }
            ended(error)
            let now = clock.seconds()
            guard let known, known.isAlive(now) else { throw error }
            nextTry = now + Self.pause
            return known.keys
        }
    }

    private func ended(_ failure: AWSError?) {
        renewals += 1
        lastFailure = failure
    }

    private func fresh() async throws(AWSError) -> AccessKeys {
        switch try await provider.find() {
        case .found(let keys):
            guard keys.expiry.map({ $0 > clock.seconds() }) ?? true else {
                throw .keys(
                    at: keys.origin, "the keys have ended already; renew them, or set the clock right")
            }
            return keys
        case .absent(let reason): throw .keys(at: place, reason, .noKeys)
        }
    }
}

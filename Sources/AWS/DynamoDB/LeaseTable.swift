import Registry

/// A right that one holder has for a while, kept as an item of a table.
public struct Lease: Hashable, Sendable {
    /// The item's key.
    public var key: Item
    /// Who holds it.
    public var holder: String
    /// A number that is higher each time the lease is taken: what an earlier holder still writes can be told by it.
    public var fence: Int64

    /// Describes a lease.
    public init(key: Item, holder: String, fence: Int64) {
        self.key = key
        self.holder = holder
        self.fence = fence
    }
}

/// Takes, renews and frees leases; each decision is the table's, by conditions.
///
/// The holders' clocks are compared with each other in one thing alone, whether a lease has ended: they may differ by
/// half a minute.
public struct LeaseTable: Sendable {
    /// How long a lease lives after it was taken or renewed, in seconds.
    public static let life: Int64 = 120
    /// How far the clocks of holders may be apart, in seconds.
    static let skew: Int64 = 30

    /// What came of the wish for a lease.
    public enum Answer: Hashable, Sendable {
        /// It is ours.
        case taken(Lease)
        /// Another one's, and when it ends if that one does not renew it (seconds since 1970).
        case held(by: String, until: Int64)
    }

    private let table: Table
    private let clock: WallClock

    /// - Parameter clock: the calendar's time.
    public init(_ table: Table, clock: WallClock = .system) {
        self.table = table
        self.clock = clock
    }

    private static let names = ["#holder": "Holder", "#fence": "Fence", "#expires": "Expires"]

    /// Takes a lease that nobody holds, or whose holder's time is over.
    public func take(_ key: Item, for holder: String) async throws(AWSError) -> Answer {
        let now = clock.seconds()
        let free = Condition(
            "(attribute_not_exists(#holder) OR #expires < :ended)"
                + " AND (attribute_not_exists(#fence) OR #fence < :fence)", names: Self.names,
            values: [
                ":holder": .text(holder), ":expires": .number(now + Self.life),
                ":ended": .number(now - Self.skew), ":fence": .number(now * 1000),
            ])
        // The time itself, so that it also grows where the item was taken away in between, and is above what a run under
        // another key has written since this one was last held.
        let change = "SET #holder = :holder, #expires = :expires, #fence = :fence"
        switch try await table.update(key, change, if: free) {
        case .done(let item): return .taken(Lease(key: key, holder: holder, fence: try fence(of: item)))
        case .refused(let item?):
            // Where an answer was lost and the call was repeated, the holder is this one.
            guard item["Holder"]?.text != holder else {
                return .taken(Lease(key: key, holder: holder, fence: try fence(of: item)))
            }
            return .held(
                by: (item["Holder"]?.text ?? "").printable(atMost: 200), until: item["Expires"]?.number ?? 0)
        case .refused(nil): throw failure("take", "the answer does not tell who holds it")
        }
    }

    /// Holds a lease for longer; false where it is another one's now.
    public func renew(_ lease: Lease) async throws(AWSError) -> Bool {
        var own = own(lease)
        own.values[":expires"] = .number(clock.seconds() + Self.life)
        own.names["#expires"] = "Expires"
        if case .done = try await table.update(lease.key, "SET #expires = :expires", if: own) { return true }
        return false
    }

    /// Gives a lease back; one that is another's now is left.
    public func free(_ lease: Lease) async throws(AWSError) {
        _ = try await table.delete(lease.key, if: own(lease))
    }

    private func own(_ lease: Lease) -> Condition {
        Condition(
            "#holder = :holder AND #fence = :fence", names: ["#holder": "Holder", "#fence": "Fence"],
            values: [":holder": .text(lease.holder), ":fence": .number(lease.fence)])
    }

    private func fence(of item: Item) throws(AWSError) -> Int64 {
        guard let fence = item["Fence"]?.number else { throw failure("take", "the item lacks its Fence") }
        return fence
    }

    private func failure(_ action: String, _ detail: String) -> AWSError {
        AWSError(
            .malformed, at: "table '\(table.name.printable(atMost: 200))'", while: "\(action) the lease",
            detail: detail)
    }
}

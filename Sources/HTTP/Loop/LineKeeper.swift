/// The lines of a loop, and the transfers that are held since theirs is full. The loop thread's own.
final class LineKeeper {
    private var buckets: [Line: LineBucket] = [:]
    private var held: [(flow: Flow, bucket: LineBucket)] = []
    /// What a line may carry; `nil` where it has no ceiling.
    func bucket(of line: Line?) -> LineBucket? {
        guard let line else { return nil }
        if let known = buckets[line] { return known }
        let bucket = LineBucket(line, at: .now)
        buckets[line] = bucket
        return bucket
    }

    /// Holds a transfer until its line has room again.
    func hold(_ flow: Flow) {
        guard !flow.isHeld, let bucket = flow.bucket else { return }
        flow.isHeld = true
        held.append((flow, bucket))
    }

    /// Forgets a transfer.
    func forget(_ flow: Flow) {
        guard flow.isHeld else { return }
        flow.isHeld = false
        held.removeAll { $0.flow === flow }
    }

    /// The transfers that may go on, who waited longest first: so many as there is room for their next pieces.
    func release() -> [Flow] {
        guard !held.isEmpty else { return [] }
        let now = ContinuousClock.now
        var room: [ObjectIdentifier: Double] = [:]
        var released: [Flow] = []
        held.removeAll { flow, bucket in
            let left = room[ObjectIdentifier(bucket)] ?? bucket.credit(at: now)
            guard left > 0 else { return false }
            room[ObjectIdentifier(bucket)] = left - Double(bucket.piece)
            flow.isHeld = false
            released.append(flow)
            return true
        }
        return released
    }

    /// How long it is until something may go on; `nil` where nothing is held.
    var wait: Duration? {
        guard !held.isEmpty else { return nil }
        let now = ContinuousClock.now
        return held.map { $0.bucket.wait(at: now) }.min()
    }
}

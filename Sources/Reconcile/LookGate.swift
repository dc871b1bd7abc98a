import Desired
import HTTP

/// Keeps content from being read far ahead of its turn, so that no more than a window of images is in memory with
/// their manifests. Of all others there is only what their heads told.
actor LookGate {
    private let window: Int
    private var position = 0
    private var waiters: [(index: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private var turns: [Way: Turns] = [:]

    /// From one registry to another: a slow one holds up nobody else's looks.
    private struct Way: Hashable {
        var source: String
        var destination: String
    }

    /// The looks of one way that may be under way at once, all its repositories' together. More than registries
    /// take at once would only hold memory.
    struct Turns: Sendable {
        /// Those that ask for digests: some 10 KiB each.
        let heads = Slots(limit: 128)
        /// Those that read content: some 40 KiB each.
        let reads = Slots(limit: 48)
    }

    /// - Parameter window: how many images ahead of the plan's position may be read.
    init(window: Int) { self.window = window }

    /// The turns of an image's way.
    func turns(of claim: Claim) -> Turns {
        let way = Way(source: claim.sourceRegistry, destination: claim.destinationRegistry)
        if let known = turns[way] { return known }
        let made = Turns()
        turns[way] = made
        return made
    }

    /// Waits until the image is within the window.
    func pass(_ index: Int) async {
        guard index >= position + window else { return }
        await withCheckedContinuation { waiters.append((index, $0)) }
    }

    /// Lets everybody through from now on: the plan goes no further.
    func open() { advance(to: .max - window) }

    /// The plan has come so far.
    func advance(to position: Int) {
        self.position = max(self.position, position)
        let ready = waiters.filter { $0.index < self.position + window }
        waiters.removeAll { $0.index < self.position + window }
        for waiter in ready { waiter.continuation.resume() }
    }
}

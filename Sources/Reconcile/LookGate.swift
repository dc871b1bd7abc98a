import HTTP

/// Keeps content from being read far ahead of its turn, so that no more than a window of images is in memory with
/// their manifests. Of all others there is only what their heads told.
actor LookGate {
    private let window: Int
    private var position = 0
    private var waiters: [(index: Int, continuation: CheckedContinuation<Void, Never>)] = []
    /// Looks that ask for digests, all repositories' together. More requests than registries take at once would
    /// only hold memory: some 10 KiB each.
    nonisolated let heads = Slots(limit: 128)
    /// The same for looks that read content: some 40 KiB each.
    nonisolated let reads = Slots(limit: 48)

    /// - Parameter window: how many images ahead of the plan's position may be read.
    init(window: Int) { self.window = window }

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
